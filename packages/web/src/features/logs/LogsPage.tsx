import { useNavigate, useSearch } from '@tanstack/react-router';
import { PageHeader } from '../../components/PageHeader.tsx';
import { LogActions } from './LogActions.tsx';
import { LogView } from './LogView.tsx';
import type { LogSearch } from './log-search.ts';

/** `/logs`: what all integrations and webhooks went through (LOG-1). */
export function LogsPage() {
  const search: LogSearch = useSearch({ from: '/shell/logs' });
  const navigate = useNavigate();
  return (
    <>
      <PageHeader
        title="Logs"
        live
        subtitle="What integrations and webhooks went through. No secrets, no message bodies."
        actions={<LogActions search={search} />}
      />
      <LogView
        search={search}
        onSearch={(next) => void navigate({ to: '/logs', search: next, replace: true, resetScroll: false })}
      />
    </>
  );
}
