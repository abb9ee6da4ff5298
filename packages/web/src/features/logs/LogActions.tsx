import { Button } from '@mantine/core';
import { getIntegration } from '@trunkline/contract/integrations';
import { getLogSettings } from '@trunkline/contract/logs';
import { Download, Eraser, Hourglass } from 'lucide-react';
import { useMemo, useState } from 'react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { ClearDialog } from './ClearDialog.tsx';
import { ExportDialog } from './ExportDialog.tsx';
import { RetentionDialog } from './RetentionDialog.tsx';
import { logInput } from './log-search.ts';
import type { LogSearch } from './log-search.ts';

const reasons = {
  clear: 'Only a system administrator clears logs.',
  settings: 'Only a system administrator decides how long logs are kept.',
};

export interface LogActionsProps {
  search: LogSearch;
  /** Where the lines are those of one integration. */
  integration?: { id: string; name: string };
}

/** What can be done with the lines that are looked at: export, clear, how long they are kept. */
export function LogActions({ search, integration }: LogActionsProps) {
  const [open, setOpen] = useState<'export' | 'clear' | 'retention' | null>(null);
  const settings = useOperation(getLogSettings, {});
  const filtered = integration === undefined ? search.integration : undefined;
  const found = useOperation(getIntegration, { id: filtered ?? '' }, { enabled: filtered !== undefined });
  // Also one whose name is not known is one: clearing must not come to mean the lines of all.
  const named = filtered && { id: filtered, name: found.data?.name ?? 'Another integration' };
  const one = integration ?? (named || null);
  // The span ends at the moment when the dialog is opened.
  const [openedAt, setOpenedAt] = useState(() => Date.now());
  const filter = useMemo(
    () => logInput(search, openedAt, integration?.id),
    [search, openedAt, integration?.id],
  );
  const close = (): void => setOpen(null);
  const days = settings.data?.retentionDays;
  return (
    <>
      {days !== undefined && (
        <LockedAction permission="log.settings" reason={reasons.settings}>
          <Button
            variant="default"
            leftSection={<Hourglass aria-hidden />}
            onClick={() => setOpen('retention')}
          >
            Kept {countOf(days, 'day', 'days')}
          </Button>
        </LockedAction>
      )}
      <LockedAction permission="log.clear" reason={reasons.clear}>
        <Button variant="default" leftSection={<Eraser aria-hidden />} onClick={() => setOpen('clear')}>
          Clear
        </Button>
      </LockedAction>
      <Button
        variant="default"
        leftSection={<Download aria-hidden />}
        onClick={() => {
          setOpenedAt(Date.now());
          setOpen('export');
        }}
      >
        Export
      </Button>
      <ExportDialog opened={open === 'export'} onClose={close} filter={filter} />
      <ClearDialog opened={open === 'clear'} onClose={close} integration={one} />
      {days !== undefined && <RetentionDialog opened={open === 'retention'} onClose={close} days={days} />}
    </>
  );
}
