import { Button, Select, TextInput } from '@mantine/core';
import { logSources } from '@trunkline/contract/log-levels';
import { listWebhooks } from '@trunkline/contract/webhooks';
import { FilterX, Search } from 'lucide-react';
import { useOperation } from '../../lib/api.ts';
import { IntegrationSelect } from '../integrations/IntegrationSelect.tsx';
import { choicesOf } from '../integrations/use-integration-choices.ts';
import type { Choice } from '../integrations/use-integration-choices.ts';
import { useSearchWords } from '../integrations/use-search-words.ts';
import { fromLocalInput } from '../webhooks/local-time.ts';
import { LevelChips } from './LevelChips.tsx';
import {
  fieldOf,
  levelText,
  levelsIn,
  narrowedBy,
  ownTimes,
  rangeLabels,
  ranges,
  usualRange,
} from './log-search.ts';
import type { LogSearch, Range } from './log-search.ts';
import { sourceWords } from './log-words.ts';
import type { Counts } from './log-words.ts';
import classes from './LogView.module.css';

export interface LogFiltersProps {
  search: LogSearch;
  onChange: (change: { [Key in keyof LogSearch]?: LogSearch[Key] | undefined }) => void;
  onClear: () => void;
  /** The lines are those of one integration already. */
  ofOne: boolean;
  counts: Counts | null;
}

function useWebhookChoices(enabled: boolean, chosen: string | undefined): Choice[] {
  const webhooks = useOperation(listWebhooks, {}, { enabled });
  return choicesOf(webhooks.data?.data ?? [], chosen, 'Another webhook');
}

/** What narrows the lines: time, words, source, integration, webhook, levels. */
export function LogFilters({ search, onChange, onClear, ofOne, counts }: LogFiltersProps) {
  const range = search.range ?? usualRange;
  const [text, type] = useSearchWords(search.q ?? '', (q) => onChange({ q: q === '' ? undefined : q }));
  const webhooks = useWebhookChoices(!ofOne, search.webhook);

  function choose(next: Range): void {
    if (next === 'own') onChange({ range: next, ...ownTimes(search, Date.now()) });
    else onChange({ range: next, since: undefined, until: undefined });
  }
  function setTime(field: 'since' | 'until', value: string): void {
    const at = fromLocalInput(value);
    if (at !== null) onChange({ [field]: new Date(at).toISOString() });
  }

  return (
    <div className={classes.filters} role="search" aria-label="Filter the logs">
      <div className={classes.fields}>
        <Select
          label="Time"
          data={ranges.map((value) => ({ value, label: rangeLabels[value] }))}
          value={range}
          onChange={(value) => choose(value ?? usualRange)}
          allowDeselect={false}
        />
        {range === 'own' && (
          <>
            <TextInput
              label="From"
              type="datetime-local"
              defaultValue={fieldOf(search.since)}
              key={`since ${search.since ?? ''}`}
              onBlur={(event) => setTime('since', event.currentTarget.value)}
            />
            <TextInput
              label="To"
              type="datetime-local"
              defaultValue={fieldOf(search.until)}
              key={`until ${search.until ?? ''}`}
              onBlur={(event) => setTime('until', event.currentTarget.value)}
            />
          </>
        )}
        <Select
          label="Source"
          placeholder="All sources"
          data={logSources.map((value) => ({ value, label: sourceWords[value] }))}
          value={search.source ?? null}
          onChange={(value) => onChange({ source: value ?? undefined })}
          clearable
        />
        {!ofOne && (
          <IntegrationSelect
            label="Integration"
            placeholder="All"
            value={search.integration}
            onChange={(integration) => onChange({ integration })}
          />
        )}
        {!ofOne && (
          <Select
            label="Webhook"
            placeholder="All"
            data={webhooks}
            value={search.webhook ?? null}
            onChange={(value) => onChange({ webhook: value ?? undefined })}
            clearable
            searchable
          />
        )}
        <TextInput
          className={classes.words ?? ''}
          label="Search"
          type="search"
          placeholder="Message, host, code"
          leftSection={<Search size={15} aria-hidden />}
          value={text}
          maxLength={200}
          onChange={(event) => type(event.currentTarget.value)}
        />
      </div>
      <div className={classes.levels}>
        <LevelChips
          value={levelsIn(search.level)}
          onChange={(levels) => onChange({ level: levelText(levels) })}
          counts={counts}
        />
        {narrowedBy(search) > 0 && (
          <Button
            variant="subtle"
            size="xs"
            leftSection={<FilterX size={14} aria-hidden />}
            onClick={onClear}
          >
            Clear filters
          </Button>
        )}
      </div>
    </div>
  );
}
