import { Button, Select, TextInput } from '@mantine/core';
import { listMembers } from '@trunkline/contract/access';
import { getApiKey } from '@trunkline/contract/api-keys';
import { FilterX, Search } from 'lucide-react';
import { useOperation } from '../../lib/api.ts';
import { useCan } from '../../lib/session.ts';
import { useSearchWords } from '../integrations/use-search-words.ts';
import type { AuditFilter } from './audit-filter.ts';
import { actionChoices, targetChoices } from './audit-words.ts';
import classes from './AuditPage.module.css';

interface Choice {
  value: string;
  label: string;
}

function useActorChoices(): Choice[] {
  const mayMembers = useCan('member.read');
  const mayKey = useCan('api_key.read');
  const members = useOperation(listMembers, {}, { enabled: mayMembers });
  const key = useOperation(getApiKey, {}, { enabled: mayKey });
  return [
    ...(members.data?.members ?? []).map(({ userId, name }) => ({ value: userId, label: name })),
    ...(key.data
      ? [
          { value: key.data.id, label: `API key ${key.data.keyPreview}` },
          ...key.data.expiring.map(({ id, keyPreview }) => ({ value: id, label: `API key ${keyPreview}` })),
        ]
      : []),
  ];
}

export interface AuditFiltersProps {
  filter: AuditFilter;
  /** Actors of the records on screen: people who have left are found too. */
  seen: Choice[];
  /** The name of the one thing that is looked at. */
  targetName: string | null;
  onChange: (field: keyof AuditFilter, value: string | null) => void;
  onClear: () => void;
}

/** What narrows the records: words, action, who, to what, when. */
export function AuditFilters({ filter, seen, targetName, onChange, onClear }: AuditFiltersProps) {
  const known = useActorChoices();
  const [text, type] = useSearchWords(filter.q ?? '', (q) => onChange('q', q));
  const actors = [...known, ...seen.filter(({ value }) => !known.some((each) => each.value === value))];
  if (filter.actor && !actors.some(({ value }) => value === filter.actor)) {
    actors.push({ value: filter.actor, label: filter.actor });
  }
  return (
    <div className={classes.filters} role="search" aria-label="Filter the audit log">
      <TextInput
        label="Search"
        placeholder="Name, address, changed value …"
        type="search"
        leftSection={<Search size={16} aria-hidden />}
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        maxLength={200}
      />
      <Select
        label="Action"
        placeholder="All actions"
        data={actionChoices()}
        value={filter.action ?? null}
        onChange={(value) => onChange('action', value)}
        clearable
        searchable
        maxDropdownHeight={360}
      />
      <Select
        label="Actor"
        placeholder="Everybody"
        data={actors}
        value={filter.actor ?? null}
        onChange={(value) => onChange('actor', value)}
        clearable
        searchable
      />
      <Select
        className={classes.target ?? ''}
        label="Target"
        placeholder="Everything"
        data={targetChoices(filter.type)}
        value={filter.type ?? null}
        onChange={(value) => onChange('type', value)}
        clearable
        searchable
      />
      <TextInput
        label="From"
        type="date"
        value={filter.since ?? ''}
        {...(filter.until ? { max: filter.until } : {})}
        onChange={(event) => onChange('since', event.currentTarget.value)}
      />
      <TextInput
        label="To"
        type="date"
        value={filter.until ?? ''}
        {...(filter.since ? { min: filter.since } : {})}
        onChange={(event) => onChange('until', event.currentTarget.value)}
      />
      {filter.target && (
        <Button
          variant="default"
          rightSection={<FilterX aria-hidden />}
          onClick={() => onChange('target', null)}
        >
          Only {targetName ?? 'one target'}
        </Button>
      )}
      {Object.keys(filter).length > 0 && (
        <Button variant="subtle" leftSection={<FilterX aria-hidden />} onClick={onClear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
