import { Button, Drawer, Select, Skeleton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { getActionBulk } from '@trunkline/contract/action-bulks';
import { cancelAction, getAction, listActions } from '@trunkline/contract/actions';
import type { Action, ActionDetail } from '@trunkline/contract/actions';
import { capabilities, capabilityNames } from '@trunkline/contract/capabilities';
import { Ban, Zap } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import {
  invalidateOperations,
  useOperation,
  useOperationMutation,
  usePagedOperation,
} from '../../lib/api.ts';
import { IntegrationSelect } from '../integrations/IntegrationSelect.tsx';
import { ActionBulks } from './ActionBulks.tsx';
import { LastResort, ResultFile } from './LastResort.tsx';
import { actionLooks, actionMeanings, attemptLook, mayNotRun, viewLabels } from './action-words.ts';
import { actionViews, actionsSearch, listInput } from './actions-search.ts';
import type { ActionView, ActionsSearch } from './actions-search.ts';
import { bulkTitle } from './bulk-words.ts';
import classes from './ActionsPage.module.css';

const columns: Column<Action>[] = [
  {
    key: 'what',
    header: 'Action',
    rowHeader: true,
    cell: (action) => <CellText primary={capabilities[action.capability].label} secondary={action.id} />,
  },
  { key: 'state', header: 'State', cell: (action) => <StatusBadge {...actionLooks[action.status]} /> },
  {
    key: 'who',
    header: 'Integration',
    cell: (action) => (
      <CellText primary={action.integrationName ?? '–'} secondary={action.problem?.title ?? ''} />
    ),
  },
  { key: 'attempts', header: 'Attempts', align: 'end', cell: (action) => action.attemptCount },
  { key: 'by', header: 'By', cell: (action) => action.createdBy },
  { key: 'at', header: 'When', align: 'end', cell: (action) => <RelativeTime at={action.createdAt} /> },
];

/** Takes back what waits. */
function CancelAction({ action }: { action: ActionDetail }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useOperationMutation(cancelAction);
  const label = capabilities[action.capability].label;
  return (
    <div>
      <LockedAction permission="action.run" reason={mayNotRun}>
        <Button size="xs" variant="default" leftSection={<Ban aria-hidden />} onClick={() => setAsking(true)}>
          Cancel this action
        </Button>
      </LockedAction>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Cancel “${label}”?`}
        confirmLabel="Cancel the action"
        cancelLabel="Keep it"
        danger
        onConfirm={async () => {
          await cancel.mutateAsync({ id: action.id });
          await invalidateOperations(client, [getAction, listActions]);
        }}
      >
        <p>It will not be done, and what was to be sent is erased.</p>
      </ConfirmDialog>
    </div>
  );
}

function Detail({ id }: { id: string }) {
  const action = useOperation(getAction, { id });
  if (action.error) return <ErrorState error={action.error} onRetry={() => void action.refetch()} />;
  if (!action.data) return <Skeleton height={240} radius="lg" aria-busy />;
  const { status, problem, attempts, capability, createdBy, createdAt, finishedAt, dueAt, sendAt } =
    action.data;
  return (
    <Stack>
      <div>
        <StatusBadge {...actionLooks[status]} />
        <p className={classes.meaning}>{actionMeanings[status]}</p>
      </div>
      {problem && status !== 'succeeded' && (
        <Notice tone={status === 'failed' ? 'error' : 'degraded'} title={problem.title}>
          {problem.cause} {problem.fix}
        </Notice>
      )}
      <KeyValueList
        items={[
          { label: 'Capability', value: <span className="mono">{capability}</span> },
          { label: 'Id', value: <span className="mono">{id}</span> },
          { label: 'By', value: createdBy },
          { label: 'Asked for', value: sendAt && <RelativeTime at={sendAt} /> },
          { label: 'Started', value: <RelativeTime at={createdAt} /> },
          { label: 'Ended', value: finishedAt && <RelativeTime at={finishedAt} /> },
          { label: 'Goes on', value: dueAt && <RelativeTime at={dueAt} /> },
        ]}
      />
      <LastResort action={action.data} />
      <ResultFile result={action.data.result} />
      {status === 'queued' && <CancelAction action={action.data} />}
      <section aria-label="Attempts">
        <h3 className={classes.heading}>Attempts</h3>
        {attempts.length === 0 && <p className={classes.meaning}>None yet.</p>}
        <ol className={classes.attempts}>
          {attempts.map((attempt) => (
            <li key={attempt.number} className={classes.attempt}>
              <span className={classes.number}>{attempt.number}</span>
              <span className={classes.who}>
                {attempt.integrationName}
                {attempt.problem && <span className={classes.cause}>{attempt.problem.title}</span>}
              </span>
              <span className={classes.took}>
                {attempt.durationMs === null ? '' : `${attempt.durationMs.toLocaleString('en')} ms`}
              </span>
              <StatusBadge plain {...attemptLook(attempt)} />
            </li>
          ))}
        </ol>
      </section>
    </Stack>
  );
}

function labelOf(view: ActionView): string {
  return view === 'all' || view === 'scheduled' || view === 'last_resort'
    ? viewLabels[view]
    : actionLooks[view].label;
}

/** Says that only the actions of a bulk are shown. */
function BulkFilter({ id, onClear }: { id: string; onClear: () => void }) {
  const bulk = useOperation(getActionBulk, { id });
  return (
    <p className={classes.filtered}>
      Only of {bulk.data ? `“${bulkTitle(bulk.data)}”` : 'one bulk'}
      <Button size="xs" variant="default" onClick={onClear}>
        Show all
      </Button>
    </p>
  );
}

/** `/actions`: what providers were asked to do, and what came of every attempt. */
export function ActionsPage() {
  const search: ActionsSearch = useSearch({ from: '/shell/actions' });
  const navigate = useNavigate();
  const view: ActionView = search.view ?? 'all';
  const capability = capabilityNames.find((each) => each === search.capability);
  const actions = usePagedOperation(
    listActions,
    { limit: 50, ...listInput(search), ...(capability ? { capability } : {}) },
    { keepPrevious: true },
  );

  function go(next: ActionsSearch, replace = true): void {
    void navigate({ to: '/actions', search: next, replace, resetScroll: false });
  }
  const { id: _open, ...filtered } = search;

  function narrow(change: { [Key in keyof ActionsSearch]?: ActionsSearch[Key] | undefined }): void {
    go(actionsSearch({ ...filtered, ...change }));
  }

  return (
    <>
      <PageHeader
        title="Actions"
        live
        subtitle="What your programs asked providers to do, with every attempt. Kept for 30 days."
      />
      <ActionBulks onOpen={(bulk) => go({ bulk }, false)} />
      <Card flush>
        <div className={classes.tools}>
          <FilterChips<ActionView>
            label="State"
            value={view}
            onChange={(next) => narrow({ view: next === 'all' ? undefined : next })}
            chips={actionViews.map((value) => ({ value, label: labelOf(value) }))}
          />
          <div className={classes.narrow}>
            <Select
              aria-label="What was done"
              placeholder="Everything"
              data={capabilityNames.map((value) => ({ value, label: capabilities[value].label }))}
              value={capability ?? null}
              onChange={(next) => narrow({ capability: next ?? undefined })}
              searchable
              clearable
            />
            <IntegrationSelect
              aria-label="By which integration"
              placeholder="All integrations"
              value={search.integration}
              onChange={(integration) => narrow({ integration })}
            />
          </div>
          {search.bulk !== undefined && (
            <BulkFilter id={search.bulk} onClear={() => narrow({ bulk: undefined })} />
          )}
        </div>
        <DataTable
          caption="Actions"
          columns={columns}
          rows={actions.rows}
          rowKey={({ id }) => id}
          isPending={actions.isPending}
          error={actions.error}
          onRetry={actions.refetch}
          onOpen={({ id }) => go({ ...filtered, id }, false)}
          current={search.id ?? null}
          hasMore={actions.hasMore}
          isLoadingMore={actions.isLoadingMore}
          onLoadMore={actions.loadMore}
          empty={
            <EmptyState
              icon={Zap}
              title={Object.keys(filtered).length === 0 ? 'No actions yet' : 'No action matches'}
              actions={
                Object.keys(filtered).length > 0 && (
                  <Button variant="default" onClick={() => go({})}>
                    Show all actions
                  </Button>
                )
              }
            >
              POST /api/v1/actions/email.send does one, through whichever provider answers.
            </EmptyState>
          }
        />
      </Card>
      <Drawer
        opened={search.id !== undefined}
        onClose={() => go(filtered)}
        position="right"
        size="lg"
        title="Action"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {search.id !== undefined && <Detail id={search.id} />}
      </Drawer>
    </>
  );
}
