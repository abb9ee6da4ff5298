import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { InboundSource, listInboundSources } from '@trunkline/contract/inbound';
import type { OutputOf } from '@trunkline/contract/operation';
import { ArrowDownToLine, Plus } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { useNow } from '../../lib/clock.ts';
import { countOf, formatNumber } from '../../lib/format.ts';
import { useLiveFlash } from '../../lib/use-live-flash.ts';
import { ReprocessButton } from './ReprocessButton.tsx';
import { SourceToggle } from './SourceToggle.tsx';
import { inboundHref } from './inbound-search.ts';
import { lockedReasons } from './reasons.ts';
import { providerWords, standingOf } from './source-words.ts';
import classes from './inbound.module.css';

const minuteMs = 60_000;

function NameCell({ source }: { source: InboundSource }) {
  const { provider, name, lastEventType } = source;
  const words = providerWords(source);
  return (
    <span className={classes.lead}>
      <ProviderLogo slug={provider} name={words} />
      <span className={classes.words}>
        <span className={classes.title}>{name}</span>
        <span className={classes.line}>{name === words ? lastEventType : words}</span>
      </span>
    </span>
  );
}

function StateCell({ source }: { source: InboundSource }) {
  const { status, label, note } = standingOf(source, useNow(minuteMs));
  return (
    <span className={classes.state}>
      <StatusBadge status={status} label={label} />
      {note && <span className={classes.line}>{note}</span>}
    </span>
  );
}

function FailedCell({ source }: { source: InboundSource }) {
  if (source.failed === 0) return '–';
  return (
    <span className={classes.failed}>
      <AppLink href={inboundHref({ tab: 'received', source: source.id, state: 'failed' })}>
        {formatNumber(source.failed)} failed
        <span className="visually-hidden"> at {source.name}</span>
      </AppLink>
      <ReprocessButton
        what={{ sourceId: source.id, state: 'failed' }}
        label={`Process again: ${countOf(source.failed, 'webhook', 'webhooks')} of ${source.name}`}
      />
    </span>
  );
}

const columns: Column<InboundSource>[] = [
  {
    key: 'name',
    header: 'Source',
    rowHeader: true,
    cell: (source) => <NameCell source={source} />,
    compare: (a, b) => a.name.localeCompare(b.name),
  },
  { key: 'state', header: 'State', cell: (source) => <StateCell source={source} /> },
  {
    key: 'address',
    header: 'Address',
    narrow: 'full',
    cell: (source) => (
      <span className={classes.copied}>
        <span className={classes.url} title={source.url}>
          {source.url}
        </span>
        <CopyButton label={`Copy the address of ${source.name}`} value={source.url} />
      </span>
    ),
  },
  {
    key: 'last',
    header: 'Last received',
    cell: ({ lastReceivedAt, lastEventType }) => (
      <CellText
        primary={<RelativeTime at={lastReceivedAt} empty="None yet" />}
        secondary={lastEventType ?? undefined}
      />
    ),
    compare: (a, b) => Date.parse(a.lastReceivedAt ?? '1970') - Date.parse(b.lastReceivedAt ?? '1970'),
  },
  {
    key: 'day',
    header: '24 h',
    align: 'end',
    cell: ({ received24h }) => <span className={classes.number}>{formatNumber(received24h)}</span>,
    compare: (a, b) => a.received24h - b.received24h,
  },
  { key: 'failed', header: 'Failed', cell: (source) => <FailedCell source={source} /> },
  { key: 'on', header: 'On', align: 'end', cell: (source) => <SourceToggle source={source} /> },
];

/** All sources, with what needs attention in sight. */
export function SourceList({
  sources,
  onAdd,
}: {
  sources: UseQueryResult<OutputOf<typeof listInboundSources>, ApiError>;
  onAdd: () => void;
}) {
  const flash = useLiveFlash(['inbound']);
  return (
    <Card flush>
      <DataTable
        caption="Sources"
        columns={columns}
        rows={sources.data?.data ?? []}
        rowKey={({ id }) => id}
        href={({ id }) => `/inbound/${id}`}
        first
        flash={flash}
        isPending={sources.isPending}
        error={sources.error}
        onRetry={() => void sources.refetch()}
        empty={
          <EmptyState
            icon={ArrowDownToLine}
            title="Nobody sends webhooks to you yet"
            actions={
              <LockedAction permission="inbound.write" reason={lockedReasons.write}>
                <Button leftSection={<Plus aria-hidden />} onClick={onAdd}>
                  Add source
                </Button>
              </LockedAction>
            }
          >
            A source is an address that you enter at a provider, such as SendGrid, Stripe or Slack. What it
            sends there is checked, kept, and turned into events that go on to your webhooks.
          </EmptyState>
        }
      />
    </Card>
  );
}
