import { Button, TextInput } from '@mantine/core';
import { listIntegrations } from '@trunkline/contract/integrations';
import type { HealthSummary } from '@trunkline/contract/health';
import type { Integration, IntegrationCounts } from '@trunkline/contract/integrations';
import { CircleCheck, CirclePause, CircleX, Layers, Plug, Search, SearchX } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { Counters } from '../../components/Counters.tsx';
import type { Counter } from '../../components/Counters.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Sparkbars } from '../../components/Sparkbars.tsx';
import { usePagedOperation } from '../../lib/api.ts';
import { formatPercent } from '../../lib/format.ts';
import { useLiveFlash } from '../../lib/use-live-flash.ts';
import { AlertBlock } from '../alerts/AlertBlock.tsx';
import { CheckAllProgress } from '../health/CheckAll.tsx';
import { useHealthSummaries } from '../health/use-health-summaries.ts';
import { CategoryTag } from './CategoryTag.tsx';
import { DisconnectDialog } from './DisconnectDialog.tsx';
import { IntegrationActions } from './IntegrationActions.tsx';
import type { IntegrationActionsProps, RowDialog } from './IntegrationActions.tsx';
import { IntegrationToggle } from './IntegrationToggle.tsx';
import { countNotes } from './count-words.ts';
import { IntegrationStatusBadge, statusReason } from './integration-status.tsx';
import { askedStatus, isInView } from './integrations-search.ts';
import type { ConnectedView } from './integrations-search.ts';
import { ReconnectDialog } from './connect/ReconnectDialog.tsx';
import { accountWords } from './next-step.ts';
import { readSort, sortInput, sortText } from './sort-search.ts';
import { useSearchWords } from './use-search-words.ts';
import { useStableOrder } from './use-stable-order.ts';
import classes from './ConnectedTab.module.css';

function NameCell({ integration }: { integration: Integration }) {
  const { name, provider } = integration;
  const account = accountWords(integration);
  const named = name === provider.name ? null : provider.name;
  return (
    <span className={classes.name}>
      <ProviderLogo slug={provider.slug} name={provider.name} />
      <span className={classes.words}>
        <span className={classes.title}>{name}</span>
        <span className={classes.line}>{[named, account].filter(Boolean).join(' · ')}</span>
        <span className={`${classes.line} ${classes.about}`} title={provider.description}>
          {provider.description}
        </span>
      </span>
    </span>
  );
}

function StatusCell({ integration }: { integration: Integration }) {
  const reason = statusReason(integration);
  return (
    <span className={classes.status}>
      <IntegrationStatusBadge status={integration.status} />
      {reason && <span className={classes.line}>{reason}</span>}
    </span>
  );
}

/** The last 24 hours in bars, with the share that succeeded below. */
function ActivityCell({ summary }: { summary: HealthSummary | undefined }) {
  if (!summary) return null;
  const { hours, successPercent } = summary;
  return (
    <span className={classes.status}>
      <Sparkbars hours={hours.map(({ at, ok, failed }) => ({ hour: at, succeeded: ok, failed }))} />
      {successPercent !== null && (
        <span className={classes.line}>{formatPercent(successPercent / 100, 2)} succeeded</span>
      )}
    </span>
  );
}

function columnsOf(
  summaries: ReadonlyMap<string, HealthSummary>,
  onOpen: IntegrationActionsProps['onOpen'],
): Column<Integration>[] {
  return [
    {
      key: 'name',
      header: 'Integration',
      rowHeader: true,
      cell: (integration) => <NameCell integration={integration} />,
      compare: 'server',
    },
    {
      key: 'status',
      header: 'Status',
      width: '196px',
      cell: (integration) => <StatusCell integration={integration} />,
      compare: 'server',
    },
    {
      key: 'category',
      header: 'Category',
      cell: ({ provider }) => <CategoryTag category={provider.category} />,
      compare: 'server',
    },
    {
      key: 'activity',
      header: '24 h activity',
      narrow: 'hide',
      cell: ({ id }) => <ActivityCell summary={summaries.get(id)} />,
    },
    {
      key: 'lastSync',
      header: 'Last sync',
      cell: ({ lastSyncAt }) => (
        <span className={classes.time}>
          <RelativeTime at={lastSyncAt} empty="Not yet" />
        </span>
      ),
      compare: 'server',
    },
    { key: 'toggle', header: 'On', cell: (integration) => <IntegrationToggle integration={integration} /> },
    {
      key: 'actions',
      header: 'Actions',
      hideHeader: true,
      align: 'end',
      narrow: 'full',
      cell: (integration) => <IntegrationActions integration={integration} onOpen={onOpen} />,
    },
  ];
}

function countersOf(counts: IntegrationCounts | undefined): Counter<ConnectedView>[] {
  const notes = counts ? countNotes(counts) : null;
  return [
    { label: 'Total', icon: Layers, count: counts?.total, note: notes?.total, value: 'all' },
    {
      label: 'Active',
      icon: CircleCheck,
      tone: 'active',
      count: counts?.active,
      note: notes?.active,
      value: 'active',
    },
    {
      label: 'Errors',
      icon: CircleX,
      tone: 'error',
      count: counts && counts.errors + counts.degraded,
      note: notes?.errors,
      value: 'errors',
    },
    {
      label: 'Disabled',
      icon: CirclePause,
      tone: 'disabled',
      count: counts?.disabled,
      note: notes?.disabled,
      value: 'disabled',
    },
  ];
}

export interface ConnectedTabProps {
  view: ConnectedView;
  words: string;
  /** The order, as the address says it. */
  sort: string | undefined;
  onView: (view: ConnectedView) => void;
  onWords: (words: string) => void;
  onSort: (sort: string | undefined) => void;
  onBrowse: () => void;
}

/** The organization's integrations, problems first, with counters that filter (DASH-1, DASH-3, DASH-6). */
export function ConnectedTab({ view, words, sort, onView, onWords, onSort, onBrowse }: ConnectedTabProps) {
  const sorting = readSort(sort);
  const status = askedStatus(view);
  const list = usePagedOperation(
    listIntegrations,
    {
      limit: 100,
      ...(words ? { search: words } : {}),
      ...(status ? { status } : {}),
      ...sortInput(sorting),
    },
    { keepPrevious: true },
  );
  const [text, setText] = useSearchWords(words, onWords);
  const flash = useLiveFlash(['integrations']);
  const { rows, still } = useStableOrder(
    list.rows.filter((row) => isInView(view, row.status)),
    list.isPrevious ? null : (sort ?? ''),
  );
  const counts = list.first?.counts;
  const [dialog, setDialog] = useState<{ of: Integration; which: RowDialog } | null>(null);
  const [inSight, setInSight] = useState<readonly string[]>([]);
  const summaries = useHealthSummaries(
    rows.map(({ id }) => id),
    inSight,
  );
  const columns = columnsOf(summaries, (which, of) => setDialog({ of, which }));
  const openedFor = (which: RowDialog) => (dialog?.which === which ? dialog.of : null);

  return (
    <>
      {counts?.total === 0 ? (
        <Card>
          <EmptyState
            icon={Plug}
            title="No integrations yet"
            actions={<Button onClick={onBrowse}>Browse the catalog</Button>}
          >
            Connect email, calendars, payroll and more. Each connection is tested before it is saved, and
            watched afterwards.
          </EmptyState>
        </Card>
      ) : (
        <>
          <AlertBlock />
          <div className={classes.run}>
            <CheckAllProgress recent />
          </div>
          <Counters label="Filter by status" value={view} onChange={onView} counters={countersOf(counts)} />
          <Card flush>
            <div className={classes.tools}>
              <TextInput
                className={classes.search ?? ''}
                type="search"
                aria-label="Search integrations"
                placeholder="Search name, provider or account"
                leftSection={<Search aria-hidden />}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
            </div>
            <div {...still}>
              <DataTable
                caption="Integrations"
                columns={columns}
                rows={rows}
                rowKey={(integration) => integration.id}
                isPending={list.isPending}
                error={list.error}
                onRetry={list.refetch}
                href={(integration) => `/integrations/${integration.id}`}
                flash={flash}
                sort={{ value: sorting, onChange: (next) => onSort(sortText(next)) }}
                onDrawn={setInSight}
                hasMore={list.hasMore}
                isLoadingMore={list.isLoadingMore}
                onLoadMore={list.loadMore}
                empty={
                  <EmptyState
                    icon={SearchX}
                    title={
                      view === 'errors' && words === ''
                        ? 'No integration has a problem'
                        : 'No integration matches'
                    }
                    actions={
                      <Button
                        variant="default"
                        onClick={() => {
                          setText('');
                          onView('all');
                        }}
                      >
                        Show all integrations
                      </Button>
                    }
                  >
                    {view === 'errors' && words === ''
                      ? 'All that are switched on work.'
                      : 'Another status or other words may find it.'}
                  </EmptyState>
                }
              />
            </div>
          </Card>
        </>
      )}
      {/* Also beside the empty list: what was done has to be read after the last integration has gone. */}
      <DisconnectDialog integration={openedFor('disconnect')} onClose={() => setDialog(null)} />
      <ReconnectDialog integration={openedFor('reconnect')} onClose={() => setDialog(null)} />
    </>
  );
}
