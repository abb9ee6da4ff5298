import { Button, Checkbox, Skeleton, TextInput } from '@mantine/core';
import { isEventPattern } from '@trunkline/contract/event-pattern';
import { listEventTypes } from '@trunkline/contract/events';
import { Plus, Search, X } from 'lucide-react';
import { useId, useState } from 'react';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { track } from '../../lib/track.ts';
import {
  coveredCount,
  groupCatalog,
  groupState,
  isCovered,
  toggleGroup,
  toggleType,
  unknownPatterns,
} from './event-selection.ts';
import type { CatalogGroup, CatalogType } from './event-selection.ts';
import classes from './EventPicker.module.css';

export interface EventPickerProps {
  value: readonly string[];
  onChange: (value: string[]) => void;
  error?: string | null;
  /** For what it picks, for the record of what is picked. */
  context: 'new' | 'edit';
}

function found(type: CatalogType, search: string): boolean {
  return `${type.name}\n${type.group}\n${type.description}`.toLowerCase().includes(search);
}

interface GroupProps {
  group: CatalogGroup;
  types: readonly CatalogType[];
  value: readonly string[];
  onGroup: () => void;
  onType: (type: string) => void;
}

function Group({ group, types, value, onGroup, onType }: GroupProps) {
  const state = groupState(value, group);
  const locked = value.includes('*');
  return (
    <fieldset className={classes.group} aria-label={group.name}>
      <div className={classes.head}>
        <Checkbox
          checked={state === 'whole'}
          indeterminate={state === 'some'}
          disabled={locked}
          onChange={onGroup}
          label={
            <>
              <span className={classes.title}>{group.name}</span> <span className={classes.all}>all of</span>{' '}
              <span className={classes.patterns}>{group.patterns.join(' ')}</span>
            </>
          }
        />
        <span className={classes.count}>
          {coveredCount(value, group.types)} of {group.types.length}
        </span>
      </div>
      {types.map((type) => (
        <div key={type.name} className={classes.row}>
          <Checkbox
            checked={isCovered(value, type.name)}
            disabled={locked}
            onChange={() => onType(type.name)}
            aria-label={type.name}
            classNames={{ labelWrapper: classes.fill ?? '' }}
            label={
              <span className={classes.label}>
                <span className={classes.name}>{type.name}</span>
                <span className={classes.description}>{type.description.replaceAll('`', '')}</span>
              </span>
            }
          />
        </div>
      ))}
    </fieldset>
  );
}

/** Picks events from the catalog by group, or whole groups and everything by wildcard (WH-1). */
export function EventPicker({ value, onChange, error, context }: EventPickerProps) {
  const catalog = useOperation(listEventTypes, {}, { staleTime: 60_000 });
  const [search, setSearch] = useState('');
  // What was picked before "all events", to give it back.
  const [before, setBefore] = useState<readonly string[]>([]);
  const errorId = useId();

  if (catalog.error) return <ErrorState error={catalog.error} onRetry={() => void catalog.refetch()} />;
  if (catalog.isPending) {
    return (
      <Stack gap={8}>
        <Skeleton height={34} />
        <Skeleton height={240} />
      </Stack>
    );
  }

  const types = catalog.data.data;
  const groups = groupCatalog(types);
  const words = search.trim().toLowerCase();
  const everything = value.includes('*');
  const isNew = isEventPattern(words) && !value.includes(words) && !types.some((type) => type.name === words);
  const shown = groups
    .map((group) => ({ group, types: group.types.filter((type) => found(type, words)) }))
    .filter((each) => each.types.length > 0);
  const unknown = unknownPatterns(value, groups);

  function pick(type: string): void {
    if (!isCovered(value, type)) {
      const own = types.find(({ name }) => name === type)?.own ?? true;
      track({
        event: 'webhook_event_selected',
        properties: { event_type: own ? 'own' : type, webhook_context: context },
      });
    }
    onChange(toggleType(value, type, types));
  }

  function add(): void {
    onChange([...value.filter((pattern) => pattern !== '*'), words]);
    setSearch('');
  }

  return (
    <div>
      <div
        className={classes.picker}
        role="group"
        aria-label="Events to subscribe"
        aria-describedby={error ? errorId : undefined}
        data-invalid={error ? true : undefined}
      >
        <div className={classes.tools}>
          <TextInput
            className={classes.search}
            type="search"
            aria-label="Search events"
            placeholder="Search events, or type your own: order.*"
            leftSection={<Search aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              // Enter must not send the form from here.
              event.preventDefault();
              if (isNew) add();
            }}
          />
          <span className={classes.count} role="status">
            {coveredCount(value, types)} of {types.length} types
            {unknown.length > 0 ? `, ${unknown.length} of your own` : ''}
          </span>
        </div>
        <div className={classes.list} tabIndex={0} role="region" aria-label="Event catalog">
          {words === '' && (
            <div className={classes.everything}>
              <Checkbox
                checked={everything}
                onChange={() => {
                  if (!everything) setBefore(value);
                  onChange(everything ? [...before] : ['*']);
                }}
                label={
                  <>
                    <span className={classes.title}>All events</span>{' '}
                    <span className={classes.patterns}>*</span>{' '}
                    <span className={classes.all}>also types that are added later</span>
                  </>
                }
              />
            </div>
          )}
          {shown.map(({ group, types: some }) => (
            <Group
              key={group.name}
              group={group}
              types={some}
              value={value}
              onGroup={() => onChange(toggleGroup(value, group))}
              onType={pick}
            />
          ))}
          {(isNew || shown.length === 0) && (
            <div className={classes.none}>
              {shown.length === 0 && <p>The catalog has no type with these words.</p>}
              {isNew ? (
                <Button variant="default" size="xs" leftSection={<Plus aria-hidden />} onClick={add}>
                  Add {words}
                </Button>
              ) : (
                <p>Your own types look like order.paid; order.* stands for all that begin with order.</p>
              )}
            </div>
          )}
        </div>
        {value.length > 0 && (
          <div className={classes.chosen} role="group" aria-label="Selected events">
            {value.map((pattern) => (
              <span key={pattern} className={classes.pill}>
                {pattern}
                <button
                  type="button"
                  className={classes.remove}
                  aria-label={`Remove ${pattern}`}
                  onClick={() => onChange(value.filter((each) => each !== pattern))}
                >
                  <X size={12} aria-hidden />
                </button>
              </span>
            ))}
          </div>
        )}
      </div>
      {error && (
        <p className={classes.error} id={errorId}>
          {error}
        </p>
      )}
    </div>
  );
}
