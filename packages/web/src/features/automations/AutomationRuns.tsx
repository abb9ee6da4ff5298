import { Button, Drawer } from '@mantine/core';
import {
  listAutomationRuns,
  listAutomations,
  retryDeadRuns,
  runStatuses,
} from '@trunkline/contract/automations';
import type { Automation, AutomationRun, AutomationRunStatus } from '@trunkline/contract/automations';
import { RotateCw, Workflow } from 'lucide-react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperationMutation, usePagedOperation } from '../../lib/api.ts';
import { RunDetail } from './RunDetail.tsx';
import { mayNotEdit, runLooks } from './automation-words.ts';
import type { AutomationsSearch } from './automations-search.ts';
import classes from './Automations.module.css';

const columns: Column<AutomationRun>[] = [
  {
    key: 'automation',
    header: 'Run of',
    rowHeader: true,
    cell: (run) => <CellText primary={run.automationName} secondary={run.eventType ?? 'Time of day'} />,
  },
  { key: 'state', header: 'State', cell: (run) => <StatusBadge {...runLooks[run.status]} /> },
  {
    key: 'why',
    header: 'Why',
    cell: (run) => <CellText primary={run.problem?.title ?? '–'} secondary={run.problem?.cause ?? ''} />,
  },
  {
    key: 'at',
    header: 'Began',
    align: 'end',
    width: '124px',
    cell: (run) => <RelativeTime at={run.createdAt} />,
  },
];

type Filter = 'all' | AutomationRunStatus;

/** Runs of all automations or of one, newest first, with the one that is open. */
export function AutomationRuns({
  search,
  automations,
  onGo,
}: {
  search: AutomationsSearch;
  automations: readonly Automation[];
  onGo: (next: AutomationsSearch, replace?: boolean) => void;
}) {
  const { run, ...filtered } = search;
  const { status, automation } = filtered;
  const runs = usePagedOperation(
    listAutomationRuns,
    { limit: 50, ...(automation && { automationId: automation }), ...(status && { status }) },
    { keepPrevious: true },
  );
  const retry = useOperationMutation(retryDeadRuns, { invalidates: [listAutomationRuns, listAutomations] });
  const only = automations.find(({ id }) => id === automation);
  const isFiltered = status !== undefined || automation !== undefined;
  return (
    <Card flush>
      <div className={classes.tools}>
        <FilterChips<Filter>
          label="State"
          value={status ?? 'all'}
          onChange={(next) => {
            const { status: _old, ...rest } = filtered;
            onGo(next === 'all' ? rest : { ...rest, status: next });
          }}
          chips={(['all', ...runStatuses] as const).map((value) => ({
            value,
            label: value === 'all' ? 'All' : runLooks[value].label,
          }))}
        />
        {automation && (
          <p className={classes.filtered}>
            Only of “{only?.name ?? 'an automation that was deleted'}”
            <Button size="xs" variant="default" onClick={() => onGo({ tab: 'runs' })}>
              Show all
            </Button>
            {only && only.deadLettered > 0 && (
              <LockedAction permission="automation.write" reason={mayNotEdit}>
                <BusyButton
                  size="xs"
                  variant="default"
                  busy={retry.isPending}
                  leftSection={<RotateCw aria-hidden />}
                  onClick={() => retry.mutate({ id: only.id })}
                >
                  Retry its dead letters
                </BusyButton>
              </LockedAction>
            )}
          </p>
        )}
      </div>
      <DataTable
        caption="Runs of automations"
        columns={columns}
        rows={runs.rows}
        rowKey={({ id }) => id}
        isPending={runs.isPending}
        error={runs.error}
        onRetry={runs.refetch}
        onOpen={({ id }) => onGo({ ...filtered, run: id }, false)}
        current={run ?? null}
        hasMore={runs.hasMore}
        isLoadingMore={runs.isLoadingMore}
        onLoadMore={runs.loadMore}
        empty={
          <EmptyState
            icon={Workflow}
            title={isFiltered ? 'No run is like this' : 'No runs yet'}
            actions={
              isFiltered && (
                <Button variant="default" onClick={() => onGo({ tab: 'runs' })}>
                  Show all runs
                </Button>
              )
            }
          >
            A run begins with an event that an automation is for. Finished ones are kept for 30 days.
          </EmptyState>
        }
      />
      <Drawer
        opened={run !== undefined}
        onClose={() => onGo(filtered)}
        position="right"
        size="lg"
        title="Run"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {run !== undefined && <RunDetail id={run} />}
      </Drawer>
    </Card>
  );
}
