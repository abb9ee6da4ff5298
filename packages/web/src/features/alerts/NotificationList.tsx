import { listNotifications } from '@trunkline/contract/alert-settings';
import type { AlertNotification } from '@trunkline/contract/alert-settings';
import { Send } from 'lucide-react';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { usePagedOperation } from '../../lib/api.ts';

const looks = {
  waiting: { status: 'waiting', label: 'Waiting' },
  sent: { status: 'success', label: 'Sent' },
  failed: { status: 'failed', label: 'Given up' },
} as const;

const columns: Column<AlertNotification>[] = [
  {
    key: 'message',
    header: 'Message',
    rowHeader: true,
    cell: ({ title, channelName, recipients }) => (
      <CellText
        primary={title}
        secondary={recipients.length === 0 ? channelName : `${channelName}: ${recipients.join(', ')}`}
      />
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: ({ state, attempts }) => (
      <StatusBadge
        status={looks[state].status}
        label={attempts > 1 ? `${looks[state].label} · ${attempts} tries` : looks[state].label}
      />
    ),
  },
  { key: 'detail', header: 'Result', width: '34%', narrow: 'full', cell: ({ detail }) => detail ?? '–' },
  { key: 'when', header: 'When', cell: ({ sentAt, createdAt }) => <RelativeTime at={sentAt ?? createdAt} /> },
];

/** What was sent to whom, with the result, newest first. */
export function NotificationList({ filter = {} }: { filter?: { alertId?: string } }) {
  const list = usePagedOperation(listNotifications, { ...filter, limit: 20 }, { keepPrevious: true });
  return (
    <DataTable
      caption="Messages"
      columns={columns}
      rows={list.rows}
      rowKey={({ id }) => id}
      isPending={list.isPending}
      error={list.error}
      onRetry={list.refetch}
      hasMore={list.hasMore}
      isLoadingMore={list.isLoadingMore}
      onLoadMore={list.loadMore}
      empty={
        <EmptyState icon={Send} title="No messages">
          Messages go to the channels that a rule names, or that take alerts of its severity.
        </EmptyState>
      }
    />
  );
}
