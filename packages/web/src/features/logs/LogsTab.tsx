import { Stack } from '../../components/Stack.tsx';
import { LogActions } from './LogActions.tsx';
import { LogView } from './LogView.tsx';
import type { LogSearch } from './log-search.ts';
import classes from './LogsTab.module.css';

export interface LogsTabProps {
  integration: { id: string; name: string };
  search: LogSearch;
  onSearch: (search: LogSearch) => void;
}

/** The logs of one integration, as a part of its page. */
export function LogsTab({ integration, search, onSearch }: LogsTabProps) {
  return (
    <Stack gap={12}>
      <div className={classes.actions}>
        <LogActions search={search} integration={integration} />
      </div>
      <LogView search={search} onSearch={onSearch} integrationId={integration.id} />
    </Stack>
  );
}
