import { Button, TextInput } from '@mantine/core';
import { listWebhooks } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Plus, Search, SearchX } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Sparkbars } from '../../components/Sparkbars.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { formatNumber, formatPercent } from '../../lib/format.ts';
import { useCan } from '../../lib/session.ts';
import { useLiveFlash } from '../../lib/use-live-flash.ts';
import { useRefresh } from '../../lib/use-refresh.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { ApiAccess } from './ApiAccess.tsx';
import { EventChips } from './EventChips.tsx';
import { FirstWebhook } from './FirstWebhook.tsx';
import { WebhookMenu } from './WebhookMenu.tsx';
import { WebhookToggle } from './WebhookToggle.tsx';
import { lastDay } from './activity.ts';
import { lockedReasons } from './reasons.ts';
import { useWebhookReview } from './track-webhooks.ts';
import { catchingUp, catchingUpWords, isHolding } from './webhook-state.ts';
import classes from './WebhooksPage.module.css';

/** Below this share of successes the number is marked. */
const goodRate = 0.99;
const hourMs = 3_600_000;

type Filter = 'all' | Webhook['status'];

function NameCell({ webhook }: { webhook: Webhook }) {
  return (
    <>
      <span className={classes.name}>{webhook.name}</span>
      <span className={`mono ${classes.url}`} title={webhook.url}>
        {webhook.url}
      </span>
    </>
  );
}

/** The last answer in two words; the text of a code would need a third line. */
function answerWords(status: number | null): string {
  return status ? `Answered ${status}` : 'No answer';
}

/** What holds the deliveries of a webhook, in a few words; null when nothing does. */
function holdWords(webhook: Webhook): string | null {
  const held = webhook.held === 0 ? null : `${formatNumber(webhook.held)} held`;
  const behind = catchingUp(webhook);
  if (webhook.status === 'disabled') {
    const why = { gone: 'Answered 410 Gone', failing: 'Failed for days', person: null };
    const parts = [why[webhook.disabledReason ?? 'person'], held].filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join(', ');
  }
  if (webhook.status === 'paused') return held;
  if (webhook.circuit) return held ?? 'New deliveries are held';
  return behind === null ? null : catchingUpWords(behind);
}

function StatusCell({ webhook }: { webhook: Webhook }) {
  const note = holdWords(webhook);
  return (
    <span className={classes.status}>
      <StatusBadge status={webhook.status} />
      {webhook.status === 'failing' && (
        <span className={`${classes.note} ${classes.number}`}>
          {formatNumber(webhook.failureCount)} failures in a row
        </span>
      )}
      {note && <span className={`${classes.note} ${classes.number}`}>{note}</span>}
    </span>
  );
}

function ActivityCell({ webhook }: { webhook: Webhook }) {
  return <Sparkbars hours={lastDay(webhook.activity, useNow(hourMs))} />;
}

function LastDeliveryCell({ webhook }: { webhook: Webhook }) {
  const { lastDeliveryAt, lastDeliveryStatus } = webhook;
  return (
    <CellText
      primary={<RelativeTime at={lastDeliveryAt} empty="None yet" />}
      secondary={lastDeliveryAt === null ? undefined : answerWords(lastDeliveryStatus)}
    />
  );
}

const columns: Column<Webhook>[] = [
  {
    key: 'name',
    header: 'Webhook',
    rowHeader: true,
    cell: (webhook) => <NameCell webhook={webhook} />,
    compare: (a, b) => a.name.localeCompare(b.name),
  },
  { key: 'status', header: 'Status', cell: (webhook) => <StatusCell webhook={webhook} /> },
  {
    key: 'events',
    header: 'Events',
    width: '172px',
    narrow: 'full',
    cell: ({ events }) => (
      <span className={classes.events}>
        <EventChips events={events} limit={events.length > 2 ? 1 : 2} />
      </span>
    ),
  },
  {
    key: 'activity',
    header: '24 h activity',
    narrow: 'hide',
    cell: (webhook) => <ActivityCell webhook={webhook} />,
  },
  {
    key: 'success',
    header: 'Success, 30 d',
    align: 'end',
    cell: (webhook) => (
      <span
        className={
          webhook.successRate !== null && webhook.successRate < goodRate
            ? `${classes.number} ${classes.bad}`
            : classes.number
        }
      >
        {formatPercent(webhook.successRate, 2)}
      </span>
    ),
    compare: (a, b) => (a.successRate ?? 2) - (b.successRate ?? 2),
  },
  {
    key: 'last',
    header: 'Last delivery',
    cell: (webhook) => <LastDeliveryCell webhook={webhook} />,
    compare: (a, b) => Date.parse(a.lastDeliveryAt ?? '1970') - Date.parse(b.lastDeliveryAt ?? '1970'),
  },
  {
    key: 'pending',
    header: 'Pending',
    align: 'end',
    cell: (webhook) => formatNumber(webhook.pending),
  },
  { key: 'toggle', header: 'Active', cell: (webhook) => <WebhookToggle webhook={webhook} /> },
  {
    key: 'actions',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    narrow: 'corner',
    cell: (webhook) => <WebhookMenu webhook={webhook} />,
  },
];

function matches(webhook: Webhook, search: string): boolean {
  const text = [webhook.name, webhook.url, webhook.description ?? '', ...webhook.events].join('\n');
  return text.toLowerCase().includes(search.trim().toLowerCase());
}

/** All webhooks of the organization, with what needs attention in sight (WH-7). */
export function WebhooksPage() {
  const { data, error, isPending, refetch } = useOperation(listWebhooks, {});
  useWebhookReview('list', data !== undefined);
  const mayUseApi = useCan('api_key.read');
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const flash = useLiveFlash(['webhooks', 'deliveries']);

  const all = data?.data ?? [];
  useRefresh(all.some(isHolding), [listWebhooks]);
  const found = all.filter((webhook) => matches(webhook, search));
  const rows = found.filter((webhook) => filter === 'all' || webhook.status === filter);
  const count = (status: Webhook['status']) => found.filter((webhook) => webhook.status === status).length;
  const isFirst = !isPending && !error && all.length === 0;

  return (
    <>
      <PageHeader
        title="Webhooks"
        live
        actions={
          <LockedAction permission="webhook.write" reason={lockedReasons.write}>
            <ButtonLink href="/webhooks/new" leftSection={<Plus aria-hidden />}>
              Add webhook
            </ButtonLink>
          </LockedAction>
        }
      />
      {mayUseApi && <ApiAccess />}
      <Card flush>
        {isFirst ? (
          <FirstWebhook />
        ) : (
          <>
            <div className={classes.tools}>
              <FilterChips
                label="Status"
                value={filter}
                onChange={setFilter}
                chips={[
                  { value: 'all', label: 'All', ...(data ? { count: found.length } : {}) },
                  { value: 'active', label: 'Active', ...(data ? { count: count('active') } : {}) },
                  { value: 'failing', label: 'Failing', ...(data ? { count: count('failing') } : {}) },
                  { value: 'paused', label: 'Paused', ...(data ? { count: count('paused') } : {}) },
                  { value: 'disabled', label: 'Disabled', ...(data ? { count: count('disabled') } : {}) },
                ]}
              />
              <TextInput
                className={classes.search}
                type="search"
                aria-label="Search webhooks"
                placeholder="Search name, URL or event"
                leftSection={<Search aria-hidden />}
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
              />
            </div>
            <DataTable
              caption="Webhooks"
              columns={columns}
              rows={rows}
              rowKey={(webhook) => webhook.id}
              isPending={isPending}
              error={error}
              onRetry={() => void refetch()}
              href={(webhook) => `/webhooks/${webhook.id}`}
              flash={flash}
              empty={
                <EmptyState
                  icon={SearchX}
                  title="No webhook matches"
                  actions={
                    <Button
                      variant="default"
                      onClick={() => {
                        setSearch('');
                        setFilter('all');
                      }}
                    >
                      Show all webhooks
                    </Button>
                  }
                >
                  Another status or other words may find it.
                </EmptyState>
              }
            />
          </>
        )}
      </Card>
    </>
  );
}
