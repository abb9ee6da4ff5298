import { Button, Skeleton, TextInput } from '@mantine/core';
import { matchesPattern } from '@trunkline/contract/event-pattern';
import { deleteEventType, listEventTypes } from '@trunkline/contract/events';
import type { EventType } from '@trunkline/contract/events';
import { listWebhooks } from '@trunkline/contract/webhooks';
import { Plus, Search, SearchX } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { EventItem } from './EventItem.tsx';
import { EventTypeForm } from './EventTypeForm.tsx';
import classes from './EventCatalogPage.module.css';

const everything = 'All';

function matches(type: EventType, words: string): boolean {
  const text = `${type.name} ${type.group} ${type.description}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface CatalogProps {
  types: EventType[];
  onAdd: () => void;
  onEdit: (type: EventType) => void;
  onDelete: (type: EventType) => void;
}

function Catalog({ types, onAdd, onEdit, onDelete }: CatalogProps) {
  const [search, setSearch] = useState('');
  const [group, setGroup] = useState(everything);
  const [openNames, setOpenNames] = useState<ReadonlySet<string>>(new Set());
  const webhooks = useOperation(listWebhooks, {});

  const found = types.filter((type) => matches(type, search));
  const groups = [...new Set(types.map((type) => type.group))];
  const countOf = (name: string) => found.filter((type) => type.group === name).length;
  // A group that has gone (its last own type was deleted) shows everything again.
  const chosen = groups.includes(group) ? group : everything;
  const shown = groups.filter((name) => (chosen === everything || name === chosen) && countOf(name) > 0);

  function toggle(name: string): void {
    const next = new Set(openNames);
    if (!next.delete(name)) next.add(name);
    setOpenNames(next);
  }

  function usersOf(type: EventType) {
    return webhooks.data?.data.filter(({ events }) =>
      events.some((pattern) => matchesPattern(pattern, type.name)),
    );
  }

  return (
    <Stack>
      <Card>
        <Stack gap={12}>
          <TextInput
            className={classes.search}
            aria-label="Search events"
            placeholder="Search name or description"
            leftSection={<Search aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            type="search"
          />
          <FilterChips
            label="Group"
            value={chosen}
            onChange={setGroup}
            chips={[
              { value: everything, label: 'All groups', count: found.length },
              ...groups.map((name) => ({ value: name, label: name, count: countOf(name) })),
            ]}
          />
        </Stack>
      </Card>
      {shown.length === 0 && (
        <Card flush>
          <EmptyState
            icon={SearchX}
            title="No event matches"
            actions={
              <>
                <Button
                  variant="default"
                  onClick={() => {
                    setSearch('');
                    setGroup(everything);
                  }}
                >
                  Show all events
                </Button>
                <LockedAction
                  permission="event_type.write"
                  reason="Viewers read the catalog; an administrator changes it."
                >
                  <Button variant="default" leftSection={<Plus aria-hidden />} onClick={onAdd}>
                    Add event type
                  </Button>
                </LockedAction>
              </>
            }
          >
            Your product may also send types that are not listed. Add them here to describe them.
          </EmptyState>
        </Card>
      )}
      {shown.map((name) => (
        <Card
          key={name}
          flush
          title={name}
          actions={
            types.some((type) => type.group === name && type.own) ? (
              <span className={classes.own}>Own types</span>
            ) : null
          }
        >
          <ul className={classes.list}>
            {found
              .filter((type) => type.group === name)
              .map((type) => (
                <EventItem
                  key={type.name}
                  type={type}
                  opened={openNames.has(type.name)}
                  onToggle={() => toggle(type.name)}
                  users={usersOf(type)}
                  onEdit={() => onEdit(type)}
                  onDelete={() => onDelete(type)}
                />
              ))}
          </ul>
        </Card>
      ))}
    </Stack>
  );
}

/** `/event-types`: every event type with its description, properties and example; the organization's own (WH-8). */
export function EventCatalogPage() {
  const catalog = useOperation(listEventTypes, {});
  const [form, setForm] = useState<{ opened: boolean; type: EventType | null; round: number }>({
    opened: false,
    type: null,
    round: 0,
  });
  const [deleting, setDeleting] = useState<EventType | null>(null);
  const remove = useOperationMutation(deleteEventType, { invalidates: [listEventTypes] });
  const types = catalog.data?.data;

  function openForm(type: EventType | null): void {
    setForm({ opened: true, type, round: form.round + 1 });
  }

  return (
    <>
      <PageHeader
        title="Event catalog"
        subtitle={
          types
            ? `${formatNumber(types.length)} events that webhooks can subscribe to.`
            : 'Events that webhooks can subscribe to.'
        }
        actions={
          <LockedAction
            permission="event_type.write"
            reason="Viewers read the catalog; an administrator changes it."
          >
            <Button leftSection={<Plus aria-hidden />} onClick={() => openForm(null)}>
              Add event type
            </Button>
          </LockedAction>
        }
      />
      {types ? (
        <Catalog types={types} onAdd={() => openForm(null)} onEdit={openForm} onDelete={setDeleting} />
      ) : catalog.error ? (
        <Card flush>
          <ErrorState error={catalog.error} onRetry={() => void catalog.refetch()} />
        </Card>
      ) : (
        <Card>
          <Stack>
            <Skeleton height={34} width="40%" />
            {[0, 1, 2, 3, 4, 5].map((index) => (
              <Skeleton key={index} height={30} />
            ))}
          </Stack>
        </Card>
      )}
      <EventTypeForm
        key={form.round}
        opened={form.opened}
        type={form.type}
        onClose={() => setForm({ ...form, opened: false })}
      />
      <ConfirmDialog
        opened={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete ${deleting?.name ?? 'this event type'}?`}
        confirmLabel="Delete event type"
        danger
        onConfirm={async () => {
          if (!deleting) return;
          await remove.mutateAsync({ name: deleting.name });
          notifyDone(`${deleting.name} deleted`);
        }}
      >
        Its description, schema and example go. Events of this type still pass, and webhooks keep their
        subscription to it.
      </ConfirmDialog>
    </>
  );
}
