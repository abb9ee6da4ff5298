import { Button, Select, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listBulkJobs } from '@trunkline/contract/bulk-jobs';
import {
  clearAllDlq,
  clearDlqItem,
  getDlqItems,
  retryAllDlq,
  retryDlqItem,
} from '@trunkline/contract/dead-letters';
import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { getRetryConfig } from '@trunkline/contract/retry';
import { listWebhooks } from '@trunkline/contract/webhooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CircleCheck, CirclePause, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import {
  callOperation,
  invalidateOperations,
  useOperation,
  useOperationMutation,
  usePagedOperation,
} from '../../lib/api.ts';
import { countOf, formatNumber } from '../../lib/format.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import type { BulkRun, Started } from '../bulk-jobs/BulkForm.tsx';
import { BulkProgress } from '../bulk-jobs/BulkProgress.tsx';
import { ClearDialog, RetryDialog, pickedAtMost } from './DeadLetterDialogs.tsx';
import { DeadLetterDrawer } from './DeadLetterDrawer.tsx';
import { blockedWords, stoppedLineWords } from './line-words.ts';
import type { Scope } from './troubled-endpoints.ts';
import { useSettled } from './use-settled.ts';
import classes from './DeadLettersPage.module.css';

const mayNotRetry = 'Viewers see the queue; an administrator retries.';
const mayNotClear = 'Only a system administrator clears dead letters.';
const hasNoTaker = (row: DeadLetter) => row.webhookStatus === 'disabled' || row.webhookStatus === 'deleted';

function selectionOf(scope: Scope): { deliveryIds?: string[]; webhookId?: string } {
  if (scope.kind === 'rows') {
    return { deliveryIds: scope.rows.slice(0, pickedAtMost).map(({ deliveryId }) => deliveryId) };
  }
  return scope.webhookId === null ? {} : { webhookId: scope.webhookId };
}

/** Clears a scope, in several calls when it names many rows. Gives the number of rows. */
async function clearScoped(scope: Scope): Promise<number> {
  if (scope.kind === 'all') return (await callOperation(clearAllDlq, selectionOf(scope))).count;
  let count = 0;
  for (let from = 0; from < scope.rows.length; from += pickedAtMost) {
    const rows = scope.rows.slice(from, from + pickedAtMost);
    count += (await callOperation(clearAllDlq, selectionOf({ kind: 'rows', rows }))).count;
  }
  return count;
}

interface RowActionsProps {
  row: DeadLetter;
  onView?: (row: DeadLetter) => void;
  onRetry: (row: DeadLetter) => void;
  onClear: (row: DeadLetter) => void;
}

function RowActions({ row, onView, onRetry, onClear }: RowActionsProps) {
  const reason = row.retrying
    ? 'A retry is under way.'
    : row.webhookStatus === 'deleted'
      ? 'Its webhook is deleted.'
      : 'Its webhook is switched off. Switch it on to retry.';
  const blocked = row.retrying || hasNoTaker(row);
  return (
    <div className={classes.actions}>
      {onView && (
        <Button size="xs" variant="default" onClick={() => onView(row)}>
          View
        </Button>
      )}
      {blocked ? (
        <Tooltip label={reason}>
          <Button size="xs" variant="default" aria-disabled data-locked type="button">
            Retry
          </Button>
        </Tooltip>
      ) : (
        <LockedAction permission="delivery.replay" reason={mayNotRetry}>
          <Button size="xs" variant="default" onClick={() => onRetry(row)}>
            Retry
          </Button>
        </LockedAction>
      )}
      {row.retrying ? (
        <Tooltip label={reason}>
          <Button size="xs" variant="default" aria-disabled data-locked type="button">
            Clear
          </Button>
        </Tooltip>
      ) : (
        <LockedAction permission="dead_letter.clear" reason={mayNotClear}>
          <Button size="xs" variant="default" onClick={() => onClear(row)}>
            Clear
          </Button>
        </LockedAction>
      )}
    </div>
  );
}

function EventCell({ row }: { row: DeadLetter }) {
  const blocked = blockedWords(row);
  return (
    <>
      <CellText primary={row.eventType} secondary={row.eventId} mono />
      {row.subject !== null && (
        <span className={classes.subject}>
          Subject <span className="mono">{row.subject}</span>
        </span>
      )}
      {blocked && <span className={classes.blocked}>{blocked}</span>}
    </>
  );
}

type RowActs = Required<Omit<RowActionsProps, 'row'>>;

function columnsOf(acts: RowActs): Column<DeadLetter>[] {
  return [
    {
      key: 'webhook',
      header: 'Webhook',
      rowHeader: true,
      cell: (row) => (
        <CellText
          primary={row.webhookName}
          secondary={
            row.webhookStatus === 'active' ? undefined : <StatusBadge plain status={row.webhookStatus} />
          }
        />
      ),
    },
    {
      key: 'event',
      header: 'Event',
      cell: (row) => <EventCell row={row} />,
    },
    {
      key: 'failed',
      header: 'Failed',
      cell: (row) => (
        <CellText
          primary={
            row.retrying ? <StatusBadge plain status="retrying" /> : <RelativeTime at={row.failedAt} />
          }
          secondary={countOf(row.attemptCount, 'attempt', 'attempts')}
        />
      ),
    },
    {
      key: 'reason',
      header: 'Reason',
      width: '26%',
      narrow: 'full',
      cell: (row) => row.error?.message ?? 'It was given up.',
    },
    { key: 'expires', header: 'Expires', cell: (row) => <RelativeTime at={row.expiresAt} /> },
    {
      key: 'actions',
      header: 'Actions',
      hideHeader: true,
      align: 'end',
      narrow: 'full',
      cell: (row) => <RowActions row={row} {...acts} />,
    },
  ];
}

function EmptyQueue({
  webhookName,
  isOff,
  onShowAll,
}: {
  webhookName: string | null;
  isOff: boolean;
  onShowAll: () => void;
}) {
  if (webhookName !== null) {
    return (
      <EmptyState
        icon={CircleCheck}
        title={`No dead letters of ${webhookName}`}
        actions={
          <Button variant="default" onClick={onShowAll}>
            Show all webhooks
          </Button>
        }
      >
        Everything sent to it has arrived, or is still being tried.
      </EmptyState>
    );
  }
  if (isOff) {
    return (
      <EmptyState
        icon={CirclePause}
        title="The dead-letter queue is off"
        actions={
          <Button className={classes.link ?? ''} variant="default" component={AppLink} href="/retries">
            Open retry settings
          </Button>
        }
      >
        A delivery whose last attempt fails is given up. Switch the queue on to keep such deliveries for a
        retry.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={CircleCheck} title="No dead letters">
      Every delivery has arrived, or is still being tried. One whose last attempt fails waits here for you.
    </EmptyState>
  );
}

/** `/dead-letters`: deliveries whose attempts are used up; retry or clear them (DLQ-1). */
export function DeadLettersPage() {
  const { webhookId = null } = useSearch({ from: '/shell/dead-letters' });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [allMatching, setAllMatching] = useState(false);
  const [retryScope, setRetryScope] = useState<Scope | null>(null);
  const [clearScope, setClearScope] = useState<Scope | null>(null);
  const [openId, setOpenId] = useState<string | null>(null);
  const [openTitle, setOpenTitle] = useState('');

  const queue = usePagedOperation(getDlqItems, webhookId === null ? {} : { webhookId });
  const webhooks = useOperation(listWebhooks, {});
  const config = useOperation(getRetryConfig, {});
  const { rows, hasMore } = queue;
  const total = queue.first?.total ?? rows.length;
  const mayRetry = useCan('delivery.replay');
  const mayClear = useCan('dead_letter.clear');
  const maySelect = mayRetry || mayClear;
  const settled = useSettled(webhookId ?? 'all', queue.first ? rows : undefined, hasMore);

  const retryOne = useOperationMutation(retryDlqItem, {
    invalidates: [getDlqItems],
    onError: (error, input) => {
      settled.unexpect(rows.filter(({ deliveryId }) => deliveryId === input.deliveryId));
      // An open dialog shows it itself.
      if (retryScope === null) notifyError(error);
    },
  });

  // Rows that have left the list in the meantime are no longer selected.
  const chosen = rows.filter((row) => selected.has(row.deliveryId) && !row.retrying);
  const retrying = rows.filter((row) => row.retrying).length;
  const everything: Scope = { kind: 'all', webhookId, total: Math.max(0, total - retrying) };
  const selection: Scope = allMatching ? everything : { kind: 'rows', rows: chosen };
  const chosenCount = allMatching ? everything.total : chosen.length;
  const areAllShownChosen = rows.length > 0 && chosen.length === rows.length - retrying && chosen.length > 0;

  const names = new Map(rows.map((row) => [row.webhookId, row.webhookName]));
  for (const { id, name } of webhooks.data?.data ?? []) names.set(id, name);
  if (webhookId !== null && !names.has(webhookId)) names.set(webhookId, 'This webhook');
  const choices = [...names].map(([value, label]) => ({ value, label }));

  function deselect(): void {
    setSelected(new Set());
    setAllMatching(false);
  }

  function filter(next: string | null): void {
    deselect();
    void navigate({ to: '/dead-letters', search: next === null ? {} : { webhookId: next } });
  }

  function view(row: DeadLetter): void {
    setOpenId(row.deliveryId);
    setOpenTitle(`${row.eventType} → ${row.webhookName}`);
  }

  function retry(row: DeadLetter): void {
    settled.dismiss();
    if (row.webhookStatus === 'failing') setRetryScope({ kind: 'rows', rows: [row] });
    else {
      settled.expect([row]);
      retryOne.mutate({ deliveryId: row.deliveryId });
    }
  }

  /** Starts a retry of several, or counts what it would be about. */
  async function runRetry(scope: Scope, options: BulkRun, signal?: AbortSignal): Promise<Started> {
    const input = { ...selectionOf(scope), ...options };
    if (options.dryRun) return callOperation(retryAllDlq, input, signal ? { signal } : {});
    settled.dismiss();
    const asked = (scope.kind === 'all' ? rows : scope.rows).filter(
      (row) => !row.retrying && !hasNoTaker(row),
    );
    settled.expect(asked);
    return callOperation(retryAllDlq, input).catch((error: unknown) => {
      settled.unexpect(asked);
      throw error;
    });
  }

  async function retryStarted(_: Scope, { count }: Started): Promise<void> {
    notifyDone(
      count === 0 ? 'Nothing was left to retry' : `Retrying ${countOf(count, 'dead letter', 'dead letters')}`,
    );
    deselect();
    await invalidateOperations(client, [getDlqItems, listBulkJobs]);
  }

  async function retryOneNow(row: DeadLetter): Promise<void> {
    settled.dismiss();
    settled.expect([row]);
    await retryOne.mutateAsync({ deliveryId: row.deliveryId });
    deselect();
  }

  async function clear(scope: Scope): Promise<void> {
    const only = scope.kind === 'rows' && scope.rows.length === 1 ? scope.rows[0] : undefined;
    let count = 1;
    if (only) await callOperation(clearDlqItem, { deliveryId: only.deliveryId });
    else count = await clearScoped(scope);
    notifyDone(`${countOf(count, 'dead letter', 'dead letters')} cleared`);
    if (only?.deliveryId === openId) setOpenId(null);
    deselect();
    queue.refetch();
  }

  const open = rows.find((row) => row.deliveryId === openId);
  const isOff = config.data?.enableDlq === false;

  return (
    <>
      <PageHeader
        title="Dead letters"
        live
        subtitle="Deliveries whose last attempt failed."
        actions={
          total > 0 && (
            <>
              <LockedAction permission="delivery.replay" reason={mayNotRetry}>
                <Button
                  variant="default"
                  leftSection={<RotateCw aria-hidden />}
                  onClick={() => setRetryScope(everything)}
                >
                  Retry all
                </Button>
              </LockedAction>
              <LockedAction permission="dead_letter.clear" reason={mayNotClear}>
                <Button
                  variant="default"
                  leftSection={<Trash2 aria-hidden />}
                  onClick={() => setClearScope(everything)}
                >
                  Clear all
                </Button>
              </LockedAction>
            </>
          )
        }
      />
      <BulkProgress webhookId={webhookId} kind="retry_dead_letters" />
      <Stack>
        <div role="status" className={settled.sentence ? undefined : 'visually-hidden'}>
          {settled.sentence && (
            <Notice
              tone={settled.isGood ? 'active' : 'degraded'}
              title={settled.sentence}
              actions={
                <Button size="xs" variant="default" onClick={settled.dismiss}>
                  Dismiss
                </Button>
              }
            />
          )}
        </div>
        <Card flush>
          {(total > 0 || webhookId !== null) && (
            <div className={classes.bar}>
              <Select
                className={classes.filter}
                aria-label="Webhook"
                data={[{ value: 'all', label: 'All webhooks' }, ...choices]}
                value={webhookId ?? 'all'}
                onChange={(next) => filter(next === 'all' ? null : next)}
                searchable={choices.length > 8}
              />
              {chosenCount > 0 ? (
                <div className={classes.selection}>
                  <span role="status">
                    {formatNumber(chosenCount)} selected
                    {allMatching && ' (all that match)'}
                  </span>
                  {areAllShownChosen && !allMatching && hasMore && (
                    <Button size="xs" variant="subtle" onClick={() => setAllMatching(true)}>
                      Select all {formatNumber(everything.total)}
                    </Button>
                  )}
                  <Button size="xs" variant="subtle" onClick={deselect}>
                    Deselect
                  </Button>
                  <Row>
                    <LockedAction permission="delivery.replay" reason={mayNotRetry}>
                      <Button
                        size="xs"
                        leftSection={<RotateCw aria-hidden />}
                        onClick={() => setRetryScope(selection)}
                      >
                        Retry selected
                      </Button>
                    </LockedAction>
                    <LockedAction permission="dead_letter.clear" reason={mayNotClear}>
                      <Button
                        size="xs"
                        variant="default"
                        leftSection={<Trash2 aria-hidden />}
                        onClick={() => setClearScope(selection)}
                      >
                        Clear selected
                      </Button>
                    </LockedAction>
                  </Row>
                </div>
              ) : (
                <span className={classes.count}>{countOf(total, 'dead letter', 'dead letters')}</span>
              )}
            </div>
          )}
          <DataTable<DeadLetter>
            caption="Dead letters"
            rows={rows}
            rowKey={(row) => row.deliveryId}
            isPending={queue.isPending}
            error={queue.error}
            onRetry={queue.refetch}
            onOpen={view}
            current={openId}
            {...(maySelect
              ? {
                  selection: {
                    selected: new Set(
                      rows
                        .filter((row) => !row.retrying && (allMatching || selected.has(row.deliveryId)))
                        .map((row) => row.deliveryId),
                    ),
                    onChange: (next) => {
                      setAllMatching(false);
                      setSelected(next);
                    },
                    label: (row) => `Select ${row.eventType} to ${row.webhookName}`,
                  },
                }
              : {})}
            empty={
              <EmptyQueue
                webhookName={webhookId === null ? null : (names.get(webhookId) ?? 'this webhook')}
                isOff={isOff}
                onShowAll={() => filter(null)}
              />
            }
            columns={columnsOf({
              onView: view,
              onRetry: retry,
              onClear: (each) => setClearScope({ kind: 'rows', rows: [each] }),
            })}
            hasMore={hasMore}
            isLoadingMore={queue.isLoadingMore}
            onLoadMore={queue.loadMore}
          />
        </Card>
        {config.data && !isOff && (
          <p className={classes.note}>
            A dead letter is kept for {countOf(config.data.dlqRetentionDays, 'day', 'days')}, then removed.{' '}
            <AppLink href="/retries">Retry settings</AppLink>
          </p>
        )}
        {isOff && total > 0 && (
          <p className={classes.note}>
            The queue is off: these are from before, and no new ones are kept.{' '}
            <AppLink href="/retries">Retry settings</AppLink>
          </p>
        )}
      </Stack>

      <DeadLetterDrawer
        deliveryId={openId}
        title={openTitle}
        onClose={() => setOpenId(null)}
        actions={
          open && (
            <>
              {open.blocked > 0 && (
                <Notice tone="degraded" title={blockedWords(open)}>
                  {stoppedLineWords(open)}
                </Notice>
              )}
              <RowActions
                row={open}
                onRetry={retry}
                onClear={(each) => setClearScope({ kind: 'rows', rows: [each] })}
              />
            </>
          )
        }
      />
      <RetryDialog
        scope={retryScope}
        loaded={rows}
        isComplete={!hasMore}
        onClose={() => setRetryScope(null)}
        onRetryOne={retryOneNow}
        onRun={runRetry}
        onStarted={retryStarted}
      />
      <ClearDialog scope={clearScope} onClose={() => setClearScope(null)} onConfirm={clear} />
    </>
  );
}
