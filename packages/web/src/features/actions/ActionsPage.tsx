import { Button, Drawer, Skeleton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { actionStatuses, getAction, listActions } from '@trunkline/contract/actions';
import type { Action, ActionStatus } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import { Zap } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation, usePagedOperation } from '../../lib/api.ts';
import { actionLooks, actionMeanings, attemptLooks } from './action-words.ts';
import type { ActionsSearch } from './actions-search.ts';
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

function Detail({ id }: { id: string }) {
  const action = useOperation(getAction, { id });
  if (action.error) return <ErrorState error={action.error} onRetry={() => void action.refetch()} />;
  if (!action.data) return <Skeleton height={240} radius="lg" aria-busy />;
  const { status, problem, attempts, capability, createdBy, createdAt, finishedAt, dueAt } = action.data;
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
          { label: 'Started', value: <RelativeTime at={createdAt} /> },
          { label: 'Ended', value: finishedAt && <RelativeTime at={finishedAt} /> },
          { label: 'Goes on', value: dueAt && <RelativeTime at={dueAt} /> },
        ]}
      />
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
              <StatusBadge plain {...attemptLooks[attempt.outcome]} />
            </li>
          ))}
        </ol>
      </section>
    </Stack>
  );
}

/** `/actions`: what providers were asked to do, and what came of every attempt. */
export function ActionsPage() {
  const search: ActionsSearch = useSearch({ from: '/shell/actions' });
  const navigate = useNavigate();
  const status: ActionStatus | 'all' = search.status ?? 'all';
  const actions = usePagedOperation(
    listActions,
    { limit: 50, ...(search.status === undefined ? {} : { status: search.status }) },
    { keepPrevious: true },
  );

  function go(next: ActionsSearch, replace = true): void {
    void navigate({ to: '/actions', search: next, replace, resetScroll: false });
  }
  const filtered: ActionsSearch = search.status === undefined ? {} : { status: search.status };

  return (
    <>
      <PageHeader
        title="Actions"
        live
        subtitle="What your programs asked providers to do, with every attempt. Kept for 30 days."
      />
      <Card flush>
        <div className={classes.tools}>
          <FilterChips<ActionStatus | 'all'>
            label="State"
            value={status}
            onChange={(next) => go(next === 'all' ? {} : { status: next })}
            chips={[
              { value: 'all', label: 'All' },
              ...actionStatuses.map((value) => ({ value, label: actionLooks[value].label })),
            ]}
          />
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
              title={status === 'all' ? 'No actions yet' : 'No action is in this state'}
              actions={
                status !== 'all' && (
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
