import { Button } from '@mantine/core';
import { listIntegrations } from '@trunkline/contract/integrations';
import type { Integration } from '@trunkline/contract/integrations';
import type { HealthSummary } from '@trunkline/contract/health';
import { HeartPulse, Stethoscope } from 'lucide-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Sparkbars } from '../../components/Sparkbars.tsx';
import { usePagedOperation } from '../../lib/api.ts';
import { formatDuration, formatNumber, formatPercent } from '../../lib/format.ts';
import { useLiveFlash } from '../../lib/use-live-flash.ts';
import { IntegrationStatusBadge, statusReason } from '../integrations/integration-status.tsx';
import { readSort, sortInput, sortSearch, sortText } from '../integrations/sort-search.ts';
import { CheckAllButton, CheckAllProgress } from './CheckAll.tsx';
import { useHealthSummaries } from './use-health-summaries.ts';
import classes from './Health.module.css';

interface Row {
  integration: Integration;
  summary: HealthSummary | null;
}

const columns: Column<Row>[] = [
  {
    key: 'name',
    header: 'Integration',
    rowHeader: true,
    cell: ({ integration: { name, provider, account } }) => (
      <span className={classes.name}>
        <ProviderLogo slug={provider.slug} name={provider.name} />
        <span className={classes.words}>
          <span className={classes.title}>{name}</span>
          <span className={classes.quiet}>{account ?? provider.name}</span>
        </span>
      </span>
    ),
    compare: 'server',
  },
  {
    key: 'status',
    header: 'Status',
    cell: ({ integration }) => (
      <span className={classes.status}>
        <IntegrationStatusBadge status={integration.status} />
        <span className={classes.quiet}>
          {statusReason(integration) ?? 'Works'} since <RelativeTime at={integration.statusSince} />
        </span>
      </span>
    ),
    compare: 'server',
  },
  {
    key: 'activity',
    header: '24 h activity',
    cell: ({ summary }) =>
      summary && (
        <Sparkbars hours={summary.hours.map(({ at, ok, failed }) => ({ hour: at, succeeded: ok, failed }))} />
      ),
  },
  {
    key: 'success',
    header: 'Success',
    align: 'end',
    cell: ({ summary }) => {
      const percent = summary?.successPercent ?? null;
      return (
        <span className={percent !== null && percent < 99 ? classes.bad : undefined}>
          {formatPercent(percent === null ? null : percent / 100, 2)}
        </span>
      );
    },
    compare: 'server',
  },
  {
    key: 'p95',
    header: '95 % within',
    align: 'end',
    narrow: 'hide',
    cell: ({ summary }) => (summary?.p95Ms == null ? '–' : formatDuration(summary.p95Ms)),
    compare: 'server',
  },
  {
    key: 'uptime',
    header: 'Uptime 24 h',
    align: 'end',
    cell: ({ summary }) =>
      formatPercent(summary?.uptimePercent == null ? null : summary.uptimePercent / 100, 2),
    compare: 'server',
  },
  {
    key: 'measured',
    header: 'Measured',
    align: 'end',
    narrow: 'hide',
    cell: ({ summary }) => (summary ? formatNumber(summary.count) : '–'),
    compare: 'server',
  },
  {
    key: 'lastCheck',
    header: 'Last check',
    cell: ({ integration }) => <RelativeTime at={integration.lastCheckAt} empty="Not yet" />,
    compare: 'server',
  },
  {
    key: 'actions',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    narrow: 'full',
    cell: ({ integration: { id, status, name } }) =>
      status === 'error' || status === 'degraded' ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<Stethoscope aria-hidden />}
          component={AppLink}
          href={`/integrations/${id}?tab=health&troubleshoot=true`}
        >
          Troubleshoot<span className="visually-hidden"> {name}</span>
        </Button>
      ) : null,
  },
];

/** `/health`: how all integrations do, the worst first or as asked, and [Health check all]. */
export function HealthPage() {
  const sorting = readSort(useSearch({ from: '/shell/health' }).sort);
  const navigate = useNavigate({ from: '/health' });
  const list = usePagedOperation(
    listIntegrations,
    { limit: 100, ...sortInput(sorting) },
    { keepPrevious: true },
  );
  const [inSight, setInSight] = useState<readonly string[]>([]);
  const summaries = useHealthSummaries(
    list.rows.map(({ id }) => id),
    inSight,
  );
  const flash = useLiveFlash(['integrations']);
  const rows = list.rows.map((integration) => ({
    integration,
    summary: summaries.get(integration.id) ?? null,
  }));
  const counts = list.first?.counts;
  return (
    <>
      <PageHeader
        title="Health"
        live
        {...(counts && {
          subtitle:
            counts.errors + counts.degraded === 0
              ? 'Everything that is switched on works.'
              : `${formatNumber(counts.errors)} in error, ${formatNumber(counts.degraded)} degraded, of ${formatNumber(counts.total)}.`,
        })}
        actions={<CheckAllButton />}
      />
      <CheckAllProgress />
      <Card flush className={classes.list ?? ''}>
        <DataTable
          first
          caption="Health of all integrations"
          columns={columns}
          rows={rows}
          rowKey={({ integration }) => integration.id}
          isPending={list.isPending}
          error={list.error}
          onRetry={list.refetch}
          href={({ integration }) => `/integrations/${integration.id}?tab=health`}
          flash={flash}
          sort={{
            value: sorting,
            onChange: (next) =>
              void navigate({ search: sortSearch(sortText(next)), replace: true, resetScroll: false }),
          }}
          onDrawn={setInSight}
          hasMore={list.hasMore}
          isLoadingMore={list.isLoadingMore}
          onLoadMore={list.loadMore}
          empty={
            <EmptyState
              icon={HeartPulse}
              title="Nothing to watch yet"
              actions={
                <Button component={AppLink} href="/integrations">
                  Connect an integration
                </Button>
              }
            >
              Every integration is checked from the moment it is connected.
            </EmptyState>
          }
        />
      </Card>
    </>
  );
}
