import { listRequests } from '@trunkline/contract/usage';
import type { ApiRequest } from '@trunkline/contract/usage';
import { ListFilter } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { usePagedOperation } from '../../lib/api.ts';
import { formatDuration } from '../../lib/format.ts';
import { rangeInput } from './usage-search.ts';
import type { UsageSearch } from './usage-search.ts';
import classes from './UsagePage.module.css';

const columns: Column<ApiRequest>[] = [
  {
    key: 'endpoint',
    header: 'Request',
    rowHeader: true,
    cell: (row) => <span className={`mono ${classes.endpoint}`}>{row.endpoint}</span>,
  },
  {
    key: 'status',
    header: 'Status',
    cell: (row) => (
      <span className={classes.status}>
        <StatusBadge
          plain
          status={row.status < 400 ? 'success' : row.status < 500 ? 'degraded' : 'error'}
          label={String(row.status)}
        />
        {row.errorCode !== null && (
          <a href={`/docs/errors/${row.errorCode}`} className="mono">
            {row.errorCode}
          </a>
        )}
      </span>
    ),
  },
  { key: 'took', header: 'Took', align: 'end', cell: (row) => formatDuration(row.durationMs) },
  { key: 'key', header: 'Key', cell: (row) => row.keyName },
  {
    key: 'from',
    header: 'From',
    cell: (row) => (
      <span className={classes.from}>
        {row.ip ?? 'Unknown address'}
        <span className={classes.faint}>{row.userAgent ?? 'No user agent'}</span>
      </span>
    ),
  },
  { key: 'at', header: 'When', cell: (row) => <RelativeTime at={row.at} /> },
  {
    key: 'id',
    header: 'Request id',
    narrow: 'hide',
    cell: (row) => <span className={`mono ${classes.faint}`}>{row.requestId}</span>,
  },
];

const chips = [
  { value: 'all', label: 'All' },
  { value: '2xx', label: '2xx' },
  { value: '4xx', label: '4xx' },
  { value: '5xx', label: '5xx' },
] as const;

/** Single requests: a sample that prefers those that failed (KEY-4). */
export function RequestLog({
  search,
  onStatus,
}: {
  search: UsageSearch;
  onStatus: (status: UsageSearch['status']) => void;
}) {
  const { since, until } = rangeInput(search);
  const { key, status, endpoint } = search;
  const log = usePagedOperation(
    listRequests,
    {
      limit: 25,
      ...(key ? { keyId: key } : {}),
      ...(status ? { status } : {}),
      ...(endpoint ? { endpoint } : {}),
      ...(since ? { since } : {}),
      ...(until ? { until } : {}),
    },
    { keepPrevious: true },
  );
  const isFiltered = Boolean(key ?? status ?? endpoint ?? since);
  return (
    <Card
      flush
      title="Request log"
      description="A sample: up to 50 failed and 10 other requests a second, the last 10,000 of 7 days."
      actions={
        <FilterChips
          label="Status"
          value={status ?? 'all'}
          onChange={(value) => onStatus(value === 'all' ? undefined : value)}
          chips={chips}
        />
      }
    >
      <DataTable
        caption="Requests"
        columns={columns}
        rows={log.rows}
        rowKey={(row) => row.id}
        isPending={log.isPending}
        error={log.error ?? null}
        onRetry={log.refetch}
        hasMore={log.hasMore}
        isLoadingMore={log.isLoadingMore}
        onLoadMore={log.loadMore}
        empty={
          <EmptyState icon={ListFilter} title={isFiltered ? 'No request matches' : 'No requests yet'}>
            {isFiltered
              ? 'None that was kept came with this key, from this endpoint, or ended so.'
              : 'Requests with an API key appear here within a second.'}
          </EmptyState>
        }
      />
    </Card>
  );
}
