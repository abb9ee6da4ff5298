import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { listEventTypes } from '@trunkline/contract/events';
import { listEvents } from '@trunkline/contract/ledger';
import type { OutputOf } from '@trunkline/contract/operation';
import { FilterX, Radio, SearchX } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperation, usePagedOperation } from '../../lib/api.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { spans } from '../webhooks/since.ts';
import { groupCatalog } from '../webhooks/event-selection.ts';
import classes from './EventsPage.module.css';

type EventHead = OutputOf<typeof listEvents>['data'][number];

const columns: Column<EventHead>[] = [
  {
    key: 'type',
    header: 'Type',
    rowHeader: true,
    cell: (event) => <span className="mono">{event.eventType}</span>,
  },
  {
    key: 'subject',
    header: 'Subject',
    cell: (event) => (event.subject === null ? '–' : <span className="mono">{event.subject}</span>),
  },
  {
    key: 'id',
    header: 'Message id',
    narrow: 'full',
    cell: (event) => <span className="mono">{event.eventId}</span>,
  },
  { key: 'time', header: 'Sent', align: 'end', cell: (event) => <RelativeTime at={event.createdAt} /> },
];

interface Filter {
  eventType?: string;
  subject?: string;
  since?: string;
}

type Span = keyof typeof spans | 'any';

function spanOf(since: string | undefined): Span {
  return since !== undefined && since in spans ? (since as Span) : 'any';
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const navigate = useNavigate();
  const catalog = useOperation(listEventTypes, {}, { staleTime: 300_000 });
  const [subject, setSubject] = useState(filter.subject ?? '');
  const [id, setId] = useState('');
  const applySubject = useDebouncedCallback(
    (next: string) => onChange(withField('subject', next.trim())),
    400,
  );

  function withField(field: keyof Filter, value: string | null): Filter {
    const next = { ...filter };
    delete next[field];
    return value ? { ...next, [field]: value } : next;
  }

  const types = catalog.data?.data ?? [];
  const data = groupCatalog(types).map((group) => ({
    group: group.name,
    items: group.types.map((type) => type.name),
  }));
  const isUnknown = filter.eventType !== undefined && !types.some(({ name }) => name === filter.eventType);
  return (
    <>
      <div className={classes.filters} role="search" aria-label="Filter the events">
        <Select
          label="Type"
          placeholder="All types"
          data={isUnknown ? [...data, { group: 'Chosen', items: [filter.eventType ?? ''] }] : data}
          value={filter.eventType ?? null}
          onChange={(value) => onChange(withField('eventType', value))}
          clearable
          searchable
          maxDropdownHeight={360}
          nothingFoundMessage="No event type matches"
        />
        <TextInput
          label="Subject"
          placeholder="job/JOB-2026-1234"
          value={subject}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setSubject(event.currentTarget.value);
            applySubject(event.currentTarget.value);
          }}
        />
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (id.trim() !== '') void navigate({ to: '/events/$eventId', params: { eventId: id.trim() } });
          }}
        >
          <TextInput
            label="Message id"
            placeholder="The webhook-id header; Enter opens it"
            value={id}
            maxLength={128}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setId(event.currentTarget.value)}
          />
        </form>
        {Object.keys(filter).length > 0 && (
          <Button
            variant="subtle"
            leftSection={<FilterX aria-hidden />}
            onClick={() => {
              setSubject('');
              onChange({});
            }}
          >
            Clear filters
          </Button>
        )}
      </div>
      <div className={classes.spans}>
        <FilterChips<Span>
          label="Sent"
          value={spanOf(filter.since)}
          onChange={(span) => onChange(withField('since', span === 'any' ? null : span))}
          chips={[
            { value: 'any', label: 'Any time' },
            { value: '1h', label: 'Last hour' },
            { value: '24h', label: 'Last 24 hours' },
            { value: '7d', label: 'Last 7 days' },
          ]}
        />
      </div>
    </>
  );
}

/** `/events`: what was sent, newest first; each leads to what became of it. */
export function EventsPage() {
  const filter: Filter = useSearch({ from: '/shell/events' });
  const navigate = useNavigate();
  // The spans count back from the moment they were chosen: an input that moves would be another query each time.
  const [openedAt, setOpenedAt] = useState(() => Date.now());
  const span = spanOf(filter.since);
  const events = usePagedOperation(
    listEvents,
    {
      limit: 50,
      ...(filter.eventType === undefined ? {} : { eventType: filter.eventType }),
      ...(filter.subject === undefined ? {} : { subject: filter.subject }),
      ...(span === 'any' ? {} : { since: new Date(openedAt - spans[span]).toISOString() }),
    },
    { keepPrevious: true },
  );
  const isFiltered = Object.keys(filter).length > 0;

  function go(search: Filter): void {
    setOpenedAt(Date.now());
    void navigate({ to: '/events', search, replace: true });
  }

  return (
    <>
      <PageHeader
        title="Events"
        live
        subtitle="What was sent. Open one to see what became of it at every webhook."
        actions={
          <ButtonLink href="/event-types" variant="default">
            Event catalog
          </ButtonLink>
        }
      />
      <Card flush>
        <Filters filter={filter} onChange={go} />
        <DataTable
          caption="Events"
          columns={columns}
          rows={events.rows}
          rowKey={(event) => event.eventId}
          isPending={events.isPending}
          error={events.error}
          onRetry={events.refetch}
          href={(event) => `/events/${encodeURIComponent(event.eventId)}`}
          hasMore={events.hasMore}
          isLoadingMore={events.isLoadingMore}
          onLoadMore={events.loadMore}
          empty={
            isFiltered ? (
              <EmptyState
                icon={SearchX}
                title="No event matches"
                actions={
                  <Button variant="default" onClick={() => go({})}>
                    Show all events
                  </Button>
                }
              >
                Type and subject are compared as a whole.
              </EmptyState>
            ) : (
              <EmptyState
                icon={Radio}
                title="No events yet"
                actions={
                  <ButtonLink href="/api-key" variant="default">
                    How to send one
                  </ButtonLink>
                }
              >
                Events that your programs send with the API key appear here, newest first.
              </EmptyState>
            )
          }
        />
      </Card>
    </>
  );
}
