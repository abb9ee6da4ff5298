import { Button, Select, Tooltip } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { listUndelivered } from '@trunkline/contract/ledger';
import type { Undelivered } from '@trunkline/contract/ledger';
import { listWebhooks } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { CircleCheck, Clock, History, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation, usePagedOperation } from '../../lib/api.ts';
import { countOf, formatAbsolute } from '../../lib/format.ts';
import { useRefresh } from '../../lib/use-refresh.ts';
import { BulkProgress } from '../bulk-jobs/BulkProgress.tsx';
import { DueTime } from '../webhooks/DueTime.tsx';
import { RecoverDialog } from '../webhooks/RecoverDialog.tsx';
import { ReplayFailedDialog } from '../webhooks/ReplayFailedDialog.tsx';
import { SinceChooser } from '../webhooks/SinceChooser.tsx';
import { lockedReasons } from '../webhooks/reasons.ts';
import { sinceOf } from '../webhooks/since.ts';
import { isHolding } from '../webhooks/webhook-state.ts';
import type { SinceChoice } from '../webhooks/since.ts';
import {
  addressOf,
  choiceOf,
  emptyTitle,
  outcomeChips,
  outcomeOf,
  rowHref,
  rowKey,
} from './undelivered-words.ts';
import type { OutcomeFilter } from './undelivered-words.ts';
import classes from './UndeliveredPage.module.css';

const columns: Column<Undelivered>[] = [
  {
    key: 'event',
    header: 'Event',
    rowHeader: true,
    cell: (row) => <CellText primary={row.eventType} secondary={row.subject ?? row.eventId} mono />,
  },
  {
    key: 'webhook',
    header: 'Webhook',
    cell: (row) => <AppLink href={`/webhooks/${row.webhookId}`}>{row.webhookName}</AppLink>,
  },
  { key: 'outcome', header: 'Outcome', cell: (row) => <StatusBadge status={row.outcome} /> },
  {
    key: 'why',
    header: 'Why',
    width: '30%',
    narrow: 'full',
    cell: (row) => (
      <>
        {row.explanation}{' '}
        <AppLink href={`/events/${encodeURIComponent(row.eventId)}`} aria-label={`Event ${row.eventId}`}>
          Event
        </AppLink>
      </>
    ),
  },
  {
    key: 'next',
    header: 'Next attempt',
    cell: (row) => (
      <span className={classes.nowrap}>
        {row.outcome === 'waiting' ? <DueTime at={row.at} empty="No time set" /> : '–'}
      </span>
    ),
  },
  { key: 'attempts', header: 'Attempts', align: 'end', cell: (row) => row.attemptCount },
  {
    key: 'sent',
    header: 'Sent',
    align: 'end',
    cell: (row) => (
      <span className={classes.nowrap}>
        <RelativeTime at={row.createdAt} />
      </span>
    ),
  },
];

interface ActionsProps {
  /** Null: none is chosen. */
  webhook: Webhook | null;
  onRecover: () => void;
  onReplay: () => void;
}

/** Recover and replay, which are about one webhook. */
function Actions({ webhook, onRecover, onReplay }: ActionsProps) {
  const blocked =
    webhook === null
      ? 'Choose a webhook first.'
      : webhook.status === 'disabled'
        ? 'Switch the webhook on first.'
        : null;
  const acts = [
    { label: 'Replay failed', icon: <RotateCcw aria-hidden />, act: onReplay },
    { label: 'Recover…', icon: <History aria-hidden />, act: onRecover },
  ];
  return (
    <>
      {acts.map(({ label, icon, act }) =>
        blocked === null ? (
          <LockedAction key={label} permission="delivery.replay" reason={lockedReasons.replay}>
            <Button variant="default" leftSection={icon} onClick={act}>
              {label}
            </Button>
          </LockedAction>
        ) : (
          <Tooltip key={label} label={blocked}>
            <Button variant="default" type="button" aria-disabled data-locked leftSection={icon}>
              {label}
            </Button>
          </Tooltip>
        ),
      )}
    </>
  );
}

function currentTime(): number {
  return Date.now();
}

function startTime(address: string | undefined): { now: number; choice: SinceChoice; typed: string } {
  const now = currentTime();
  return { now, ...choiceOf(address, now) };
}

/** `/undelivered`: everything since a time that a webhook should have and does not have, with the reason. */
export function UndeliveredPage() {
  const search = useSearch({ from: '/shell/undelivered' });
  const navigate = useNavigate();
  // The spans count back from here; choosing another one moves it.
  const [{ now, choice, typed }, setTime] = useState(() => startTime(search.since));
  const [dialog, setDialog] = useState<'recover' | 'replay' | null>(null);
  const outcome = outcomeOf(search.outcome);
  const webhookId = search.webhookId ?? null;
  const { since, problem } = sinceOf(choice, typed, now);

  const webhooks = useOperation(listWebhooks, {});
  const list = usePagedOperation(
    listUndelivered,
    { limit: 50, since: since ?? '', outcome, ...(webhookId === null ? {} : { webhookId }) },
    { keepPrevious: true, enabled: since !== null },
  );
  const all = webhooks.data?.data ?? [];
  useRefresh(all.some(isHolding), [listUndelivered]);
  const webhook = all.find(({ id }) => id === webhookId) ?? null;
  const choices = all.map(({ id, name }) => ({ value: id, label: name }));
  if (webhookId !== null && webhook === null) choices.push({ value: webhookId, label: 'This webhook' });

  function go(change: {
    since?: string | undefined;
    webhookId?: string | null;
    outcome?: OutcomeFilter;
  }): void {
    const nextSince = 'since' in change ? change.since : search.since;
    const nextWebhook = change.webhookId === undefined ? webhookId : change.webhookId;
    const nextOutcome = change.outcome ?? outcome;
    void navigate({
      to: '/undelivered',
      search: {
        ...(nextSince === undefined ? {} : { since: nextSince }),
        ...(nextWebhook === null ? {} : { webhookId: nextWebhook }),
        ...(nextOutcome === 'all' ? {} : { outcome: nextOutcome }),
      },
      replace: true,
    });
  }

  function chooseTime(next: { choice: SinceChoice; typed: string }): void {
    setTime({ ...next, now: currentTime() });
    go({ since: addressOf(next.choice, next.typed) });
  }

  const shownSince = since === null ? '' : formatAbsolute(since);
  const rows = since === null ? [] : list.rows;
  return (
    <>
      <PageHeader
        title="Undelivered"
        live
        subtitle="What a webhook should have and does not have, and why."
        actions={
          <Actions
            webhook={webhook}
            onRecover={() => setDialog('recover')}
            onReplay={() => setDialog('replay')}
          />
        }
      />
      {webhook && <BulkProgress webhookId={webhook.id} />}
      <Card flush>
        <div className={classes.tools}>
          <div className={classes.row}>
            <div className={classes.since}>
              <SinceChooser
                choice={choice}
                onChoice={(next) => chooseTime({ choice: next, typed })}
                typed={typed}
                onTyped={(next) => chooseTime({ choice, typed: next })}
                problem={problem}
              />
            </div>
            <Select
              className={classes.webhook}
              aria-label="Webhook"
              data={[{ value: 'all', label: 'All webhooks' }, ...choices]}
              value={webhookId ?? 'all'}
              onChange={(next) => go({ webhookId: next === 'all' ? null : next })}
              searchable={choices.length > 8}
            />
          </div>
          <div className={classes.row}>
            <FilterChips<OutcomeFilter>
              label="Outcome"
              value={outcome}
              onChange={(next) => go({ outcome: next })}
              chips={outcomeChips}
            />
          </div>
        </div>
        <DataTable
          caption="Undelivered events"
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          isPending={since !== null && list.isPending}
          error={since === null ? null : list.error}
          onRetry={list.refetch}
          href={rowHref}
          hasMore={list.hasMore && since !== null}
          isLoadingMore={list.isLoadingMore}
          onLoadMore={list.loadMore}
          empty={
            since === null ? (
              <EmptyState icon={Clock} title="Choose a time to look back to">
                {problem}.
              </EmptyState>
            ) : (
              <EmptyState
                icon={CircleCheck}
                title={emptyTitle(outcome, shownSince, webhook?.name ?? null)}
                actions={
                  outcome !== 'all' && (
                    <Button variant="default" onClick={() => go({ outcome: 'all' })}>
                      Show all outcomes
                    </Button>
                  )
                }
              >
                {outcome === 'all'
                  ? 'Nothing waits, and nothing was given up.'
                  : 'Other outcomes are not shown.'}
              </EmptyState>
            )
          }
        />
      </Card>
      <p className={classes.note}>
        {rows.length > 0 && since !== null && !list.hasMore
          ? `${countOf(rows.length, 'delivery', 'deliveries')} since ${shownSince}. `
          : ''}
        What was left out when a webhook was switched on, or came before it existed, has no delivery and is
        not listed. It can be recovered: choose the webhook.
      </p>
      {webhook && (
        <>
          <RecoverDialog
            webhook={webhook}
            start={{ choice, typed }}
            opened={dialog === 'recover'}
            onClose={() => setDialog(null)}
            onDone={list.refetch}
          />
          <ReplayFailedDialog
            webhook={webhook}
            {...(since === null ? {} : { since })}
            opened={dialog === 'replay'}
            onClose={() => setDialog(null)}
            onDone={list.refetch}
          />
        </>
      )}
    </>
  );
}
