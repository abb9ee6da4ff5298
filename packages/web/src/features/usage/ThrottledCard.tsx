import { listThrottled } from '@trunkline/contract/usage';
import type { ThrottledRequests } from '@trunkline/contract/usage';
import type { Quota } from '@trunkline/contract/limits';
import { Gauge } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { usePagedOperation } from '../../lib/api.ts';
import { formatNumber, formatTime } from '../../lib/format.ts';

const quotaWords: Record<Quota, string> = {
  minute: 'Key, a minute',
  hour: 'Key, an hour',
  organization: 'Organization, an hour',
};

const columns: Column<ThrottledRequests>[] = [
  { key: 'minute', header: 'Minute', rowHeader: true, cell: (row) => formatTime(row.minute) },
  { key: 'key', header: 'Key', cell: (row) => row.keyName },
  { key: 'quota', header: 'Full limit', cell: (row) => quotaWords[row.quota] },
  { key: 'requests', header: 'Requests', align: 'end', cell: (row) => formatNumber(row.requests) },
  { key: 'last', header: 'Last', cell: (row) => <RelativeTime at={row.lastAt} /> },
];

/** Requests over a limit, by key and minute (KEY-3). */
export function ThrottledCard({
  count,
  since,
  until,
  keyId,
}: {
  count: number;
  since: string;
  until?: string;
  keyId: string | undefined;
}) {
  const throttled = usePagedOperation(
    listThrottled,
    { limit: 10, since, ...(until ? { until } : {}), ...(keyId ? { keyId } : {}) },
    { keepPrevious: true },
  );
  return (
    <Card flush title={`Throttled requests (${formatNumber(count)})`}>
      <DataTable
        caption="Throttled requests"
        columns={columns}
        rows={throttled.rows}
        rowKey={(row) => `${row.minute} ${row.keyId} ${row.quota}`}
        isPending={throttled.isPending}
        error={throttled.error ?? null}
        onRetry={throttled.refetch}
        hasMore={throttled.hasMore}
        isLoadingMore={throttled.isLoadingMore}
        onLoadMore={throttled.loadMore}
        empty={
          <EmptyState icon={Gauge} title="No request was over a limit">
            One that is gets 429 with the seconds to wait, and is counted here.
          </EmptyState>
        }
      />
    </Card>
  );
}
