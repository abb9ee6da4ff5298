import { Button, Select, Skeleton, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { getUsage } from '@trunkline/contract/usage';
import type { ApiUsage } from '@trunkline/contract/usage';
import { Activity, BookOpen, CircleCheck, CircleX, Gauge, TriangleAlert } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { Counters } from '../../components/Counters.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { formatDuration, formatNumber } from '../../lib/format.ts';
import { LimitBars } from '../api-key/LimitBars.tsx';
import { choicesOf } from '../integrations/use-integration-choices.ts';
import { ReportButton } from './ReportButton.tsx';
import { RequestLog } from './RequestLog.tsx';
import { ThrottledCard } from './ThrottledCard.tsx';
import { UsageChart } from './UsageChart.tsx';
import { rangeInput } from './usage-search.ts';
import type { UsageSearch } from './usage-search.ts';
import classes from './UsagePage.module.css';

const ranges = [
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: 'custom', label: 'Custom' },
] as const;

const endpointColumns = (onChoose: (endpoint: string) => void): Column<ApiUsage['endpoints'][number]>[] => [
  {
    key: 'endpoint',
    header: 'Endpoint',
    rowHeader: true,
    cell: (row) => (
      <button type="button" className={classes.choose} onClick={() => onChoose(row.endpoint)}>
        <span className={`mono ${classes.endpoint}`}>{row.endpoint}</span>
      </button>
    ),
  },
  {
    key: 'requests',
    header: 'Requests',
    align: 'end',
    cell: (row) => formatNumber(row.requests),
    compare: (a, b) => a.requests - b.requests,
  },
  {
    key: 'clientErrors',
    header: '4xx',
    align: 'end',
    cell: (row) => formatNumber(row.clientErrors),
    compare: (a, b) => a.clientErrors - b.clientErrors,
  },
  {
    key: 'serverErrors',
    header: '5xx',
    align: 'end',
    cell: (row) => formatNumber(row.serverErrors),
    compare: (a, b) => a.serverErrors - b.serverErrors,
  },
  { key: 'p50', header: 'p50', align: 'end', cell: (row) => formatDuration(row.latency.p50Ms) },
  { key: 'p95', header: 'p95', align: 'end', cell: (row) => formatDuration(row.latency.p95Ms) },
];

const keyColumns: Column<ApiUsage['keys'][number]>[] = [
  {
    key: 'name',
    header: 'Key',
    rowHeader: true,
    cell: (row) => (
      <span className={classes.from}>
        {row.name}
        {row.keyPreview !== null && <span className={`mono ${classes.faint}`}>{row.keyPreview}</span>}
      </span>
    ),
  },
  { key: 'requests', header: 'Requests', align: 'end', cell: (row) => formatNumber(row.requests) },
  { key: 'clientErrors', header: '4xx', align: 'end', cell: (row) => formatNumber(row.clientErrors) },
  { key: 'serverErrors', header: '5xx', align: 'end', cell: (row) => formatNumber(row.serverErrors) },
  { key: 'last', header: 'Last call', cell: (row) => <RelativeTime at={row.lastCallAt} /> },
];

function Totals({ usage }: { usage: ApiUsage | undefined }) {
  const totals = usage?.totals;
  const share = (percent: number | undefined) => (percent === undefined ? '' : `${percent} % of all`);
  return (
    <Counters
      label="Requests in this time"
      value=""
      onChange={() => undefined}
      counters={[
        {
          label: 'Total requests',
          icon: Activity,
          count: totals?.requests,
          note: usage ? (
            <>
              last call <RelativeTime at={usage.lastCallAt} empty="never" />
            </>
          ) : (
            ''
          ),
        },
        {
          label: 'Success (2xx)',
          icon: CircleCheck,
          tone: 'active',
          count: totals?.succeeded,
          note: share(totals?.succeededPercent),
        },
        {
          label: 'Client errors (4xx)',
          icon: TriangleAlert,
          tone: 'degraded',
          count: totals?.clientErrors,
          note: share(totals?.clientErrorsPercent),
        },
        {
          label: 'Server errors (5xx)',
          icon: CircleX,
          tone: 'error',
          count: totals?.serverErrors,
          note: share(totals?.serverErrorsPercent),
        },
        {
          label: 'Throttled',
          icon: Gauge,
          tone: 'degraded',
          count: totals?.throttled,
          note: 'of the 4xx',
        },
      ]}
    />
  );
}

function CustomDays({ search, go }: { search: UsageSearch; go: (change: Partial<UsageSearch>) => void }) {
  const today = new Date(useNow(60_000)).toLocaleDateString('sv-SE');
  return (
    <>
      <TextInput
        label="From"
        type="date"
        max={search.to ?? today}
        value={search.from ?? ''}
        onChange={(event) => go({ from: event.currentTarget.value })}
      />
      <TextInput
        label="To"
        type="date"
        max={today}
        min={search.from ?? ''}
        value={search.to ?? ''}
        onChange={(event) => go({ to: event.currentTarget.value })}
      />
    </>
  );
}

/** `/usage`: requests with API keys, how they went, and how near the limits are (UC §7, KEY-3, KEY-4). */
export function UsagePage() {
  const search: UsageSearch = useSearch({ from: '/shell/usage' });
  const navigate = useNavigate();
  const range = rangeInput(search);
  const input = { ...range, ...(search.key ? { keyId: search.key } : {}) };
  const usage = useOperation(getUsage, input, { keepPrevious: true });
  const { data } = usage;

  function go(change: { [Name in keyof UsageSearch]?: UsageSearch[Name] | undefined }): void {
    const next = Object.entries({ ...search, ...change }).filter(([, value]) => value);
    void navigate({ to: '/usage', search: Object.fromEntries(next) as UsageSearch, replace: true });
  }

  return (
    <>
      <PageHeader
        title="API usage"
        live
        subtitle="Requests with API keys."
        actions={
          <Row>
            <ReportButton format="csv" range={range} keyId={search.key} />
            <ReportButton format="pdf" range={range} keyId={search.key} />
            <Button component="a" href="/docs" variant="default" leftSection={<BookOpen aria-hidden />}>
              API documentation
            </Button>
          </Row>
        }
      />
      <Stack>
        <div className={classes.filters} role="search" aria-label="Choose what is shown">
          <FilterChips
            label="Time"
            value={search.range ?? '24h'}
            onChange={(value) => go({ range: value === '24h' ? undefined : value })}
            chips={ranges}
          />
          {search.range === 'custom' && <CustomDays search={search} go={go} />}
          <Select
            aria-label="Key"
            placeholder="All keys"
            clearable
            value={search.key ?? null}
            onChange={(value) => go({ key: value ?? undefined })}
            data={choicesOf(
              (data?.keys ?? []).map(({ keyId, name, keyPreview }) => ({
                id: keyId,
                name: keyPreview === null ? name : `${name} ${keyPreview}`,
              })),
              search.key,
              data ? 'A key that was not used' : '…',
            )}
          />
          {search.endpoint !== undefined && (
            <Button variant="subtle" onClick={() => go({ endpoint: undefined })}>
              Log of {search.endpoint} only · show all
            </Button>
          )}
        </div>
        {usage.error && !data ? (
          <Card flush>
            <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
          </Card>
        ) : (
          <>
            <Totals usage={data} />
            <Card
              title="Requests over time"
              description={
                data && data.totals.requests > 0
                  ? `Half of them took up to ${formatDuration(data.latency.p50Ms)}, 95 % up to ${formatDuration(data.latency.p95Ms)}.`
                  : undefined
              }
            >
              {data ? <UsageChart usage={data} /> : <Skeleton height={160} />}
            </Card>
            <div className={classes.columns}>
              <Card flush title="Top endpoints" description="Press one to see its requests below.">
                <DataTable
                  caption="Top endpoints"
                  columns={endpointColumns((endpoint) => go({ endpoint }))}
                  rows={data?.endpoints ?? []}
                  rowKey={(row) => row.endpoint}
                  isPending={usage.isPending}
                  empty={
                    <EmptyState icon={Activity} title="No requests in this time">
                      <AppLink href="/api-key">The page of keys</AppLink> shows how to send the first one.
                    </EmptyState>
                  }
                />
              </Card>
              <Stack>
                <Card title="Rate limits" description="How far they are used just now.">
                  {data?.limits ? (
                    <LimitBars use={data.limits} />
                  ) : data ? (
                    <p className={classes.faint}>Requests are not limited.</p>
                  ) : (
                    <Skeleton height={96} aria-busy />
                  )}
                </Card>
                <Card flush title="By key">
                  <DataTable
                    caption="Requests by key"
                    columns={keyColumns}
                    rows={data?.keys ?? []}
                    rowKey={(row) => row.keyId}
                    isPending={usage.isPending}
                    empty={<EmptyState title="No key was used in this time" />}
                  />
                </Card>
              </Stack>
            </div>
            {data && (
              <ThrottledCard
                count={data.totals.throttled}
                since={data.since}
                {...(range.until ? { until: range.until } : {})}
                keyId={search.key}
              />
            )}
          </>
        )}
        <RequestLog search={search} onStatus={(status) => go({ status })} />
      </Stack>
    </>
  );
}
