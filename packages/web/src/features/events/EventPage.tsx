import { Button, Skeleton } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { getEvent } from '@trunkline/contract/ledger';
import type { LedgerEntry } from '@trunkline/contract/ledger';
import type { OutputOf } from '@trunkline/contract/operation';
import { SearchX, Unplug } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf, formatAbsolute, formatNumber } from '../../lib/format.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { DueTime } from '../webhooks/DueTime.tsx';
import { statusText } from '../webhooks/status-text.ts';
import { byAttention, isBystander, ledgerSentence } from './ledger-words.ts';
import classes from './EventPage.module.css';

type EventDetail = OutputOf<typeof getEvent>;

const back = { href: '/events', label: 'Events' };

/** Where a line of the ledger leads: to its delivery, otherwise to the webhook. */
function hrefOf({ webhookId, deliveryId }: LedgerEntry): string {
  return deliveryId === null ? `/webhooks/${webhookId}` : `/webhooks/${webhookId}?delivery=${deliveryId}`;
}

function Attempts({ entry }: { entry: LedgerEntry }) {
  if (entry.attemptCount === 0) return <>–</>;
  return (
    <>
      {formatNumber(entry.attemptCount)}
      {entry.responseStatus !== null && (
        <span className={`${classes.time} ${classes.quiet}`}>{statusText(entry.responseStatus)}</span>
      )}
    </>
  );
}

const columns: Column<LedgerEntry>[] = [
  { key: 'webhook', header: 'Webhook', rowHeader: true, cell: (entry) => entry.webhookName },
  { key: 'outcome', header: 'Outcome', cell: (entry) => <StatusBadge status={entry.outcome} /> },
  { key: 'why', header: 'Why', width: '36%', narrow: 'full', cell: (entry) => entry.explanation },
  {
    key: 'time',
    header: 'Time',
    cell: (entry) => (
      <>
        <span className={classes.time}>
          {entry.outcome === 'waiting' ? (
            <DueTime at={entry.at} empty="–" />
          ) : (
            <RelativeTime at={entry.at} empty="–" />
          )}
        </span>
        {entry.outcome === 'waiting' && entry.at !== null && (
          <span className={`${classes.time} ${classes.quiet}`}>next attempt</span>
        )}
      </>
    ),
  },
  { key: 'attempts', header: 'Attempts', align: 'end', cell: (entry) => <Attempts entry={entry} /> },
];

function Ledger({ event }: { event: EventDetail }) {
  const [showAll, setShowAll] = useState(false);
  const sorted = byAttention(event.entries);
  const concerned = sorted.filter((entry) => !isBystander(entry));
  const others = sorted.length - concerned.length;
  // Only bystanders: they are the answer then.
  const isOpen = showAll || concerned.length === 0;
  return (
    <Card title="What became of it" description={ledgerSentence(event.entries)} flush>
      <DataTable
        caption="Ledger"
        columns={columns}
        rows={isOpen ? sorted : concerned}
        rowKey={(entry) => entry.deliveryId ?? entry.webhookId}
        href={hrefOf}
        empty={
          <EmptyState icon={Unplug} title="There is no webhook">
            Once one subscribes to {event.eventType}, recovering it delivers this event too.
          </EmptyState>
        }
      />
      {others > 0 && concerned.length > 0 && (
        <div className={classes.more}>
          <Button variant="default" aria-expanded={showAll} onClick={() => setShowAll(!showAll)}>
            {showAll
              ? 'Show only the webhooks that it was for'
              : `Show ${countOf(others, 'more webhook', 'more webhooks')} that it was not for`}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Loaded({ event }: { event: EventDetail }) {
  return (
    <>
      <Card title="Event">
        <KeyValueList
          items={[
            { label: 'Type', value: <span className="mono">{event.eventType}</span> },
            {
              label: 'Subject',
              value: event.subject && (
                <AppLink className="mono" href={`/events?subject=${encodeURIComponent(event.subject)}`}>
                  {event.subject}
                </AppLink>
              ),
            },
            { label: 'Sent', value: formatAbsolute(event.createdAt) },
            { label: 'Kind', value: event.test ? 'A test, sent to one webhook' : null },
          ]}
        />
      </Card>
      <Ledger event={event} />
      <Card title="Body" description="The text that is signed and sent.">
        <CodeBlock label="Event body" value={event.body} />
      </Card>
    </>
  );
}

/** `/events/$eventId`: one event and what became of it at every webhook. */
export function EventPage() {
  const { eventId } = useParams({ from: '/shell/events/$eventId' });
  const { data, error, refetch } = useOperation(getEvent, { eventId });
  return (
    <>
      <PageHeader
        title={data?.eventType ?? 'Event'}
        back={back}
        live
        subtitle={
          <span className={classes.id}>
            <span className="mono">{eventId}</span>
            <CopyButton label="Copy message id" value={eventId} />
          </span>
        }
      />
      {data ? (
        <Loaded event={data} />
      ) : error ? (
        <Card flush>
          {error.code === 'not_found' ? (
            <EmptyState
              icon={SearchX}
              title="There is no event with this id"
              actions={<ButtonLink href="/events">All events</ButtonLink>}
            >
              It may be past its retention, or the id may be incomplete.
            </EmptyState>
          ) : (
            <ErrorState error={error} onRetry={() => void refetch()} />
          )}
        </Card>
      ) : (
        <div aria-busy>
          <Card>
            <Skeleton height={90} />
          </Card>
          <Card>
            <Skeleton height={220} />
          </Card>
        </div>
      )}
    </>
  );
}
