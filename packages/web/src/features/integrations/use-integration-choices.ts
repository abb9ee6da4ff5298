import type { OptionsFilter } from '@mantine/core';
import { getIntegration, listIntegrations } from '@trunkline/contract/integrations';
import { useEffect, useRef, useState } from 'react';
import { useOperation } from '../../lib/api.ts';

export interface Choice {
  value: string;
  label: string;
}

/** How many are offered at once, as everything that is drawn is read out too. */
const offered = 50;
/** How long typing may pause before it is searched for, ms. */
const pauseMs = 150;
/** The last line, when there are more: no integration has an id like that. */
const moreValue = 'more';

/** What can be chosen. One that is chosen and not among it, because it is gone, still has something to show. */
export function choicesOf(
  rows: readonly { id: string; name: string }[],
  chosen: string | undefined,
  other: string,
): Choice[] {
  const choices = rows.map(({ id, name }) => ({ value: id, label: name }));
  const isKnown = chosen === undefined || rows.some(({ id }) => id === chosen);
  return isKnown ? choices : [...choices, { value: chosen, label: other }];
}

/** What a searchable field of Mantine needs to offer every integration there is. */
export interface IntegrationChoices {
  data: (Choice & { disabled?: boolean })[];
  /** The server has searched: what it found is offered, and what is only there to have a name is not. */
  filter: OptionsFilter;
  onSearchChange: (text: string) => void;
  onFocus: () => void;
  nothingFoundMessage: string;
  /** The provider, where a name alone does not say why it was found. */
  hintOf: (id: string) => string | null;
}

/**
 * The integrations by which something can be narrowed: the first by their names, and all others by what is typed, which the
 * server looks for. Nothing is read before the field is entered, save the name of what is chosen.
 */
export function useIntegrationChoices(chosen: readonly string[]): IntegrationChoices {
  const [isEntered, setEntered] = useState(false);
  const [words, setWords] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const list = useOperation(
    listIntegrations,
    { limit: offered, sort: 'name', ...(words === '' ? {} : { search: words }) },
    { enabled: isEntered, keepPrevious: true },
  );
  const rows = list.data?.data ?? [];
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const unnamed = chosen.find((id) => !names.has(id) && !rows.some((row) => row.id === id));
  const one = useOperation(getIntegration, { id: unnamed ?? '' }, { enabled: unnamed !== undefined });
  useEffect(() => {
    // A name is kept, as the next search may not find it.
    const found = (list.data?.data ?? [])
      .filter(({ id }) => chosen.includes(id))
      .map(({ id, name }) => [id, name] as const);
    if (unnamed !== undefined && one.data?.id === unnamed) found.push([unnamed, one.data.name]);
    else if (unnamed !== undefined && one.isError) found.push([unnamed, 'Another integration']);
    if (found.some(([id, name]) => names.get(id) !== name)) setNames(new Map([...names, ...found]));
  }, [list.data, chosen, unnamed, one.data, one.isError, names]);

  const apart = chosen
    .filter((id) => !rows.some((row) => row.id === id))
    .map((id) => ({ value: id, label: names.get(id) ?? '…' }));
  const hasMore = list.data !== undefined && list.data.nextCursor !== null;
  const more = { value: moreValue, label: 'There are more: type to find them', disabled: true };
  const isOffered = new Set([...rows.map(({ id }) => id), moreValue]);

  return {
    data: [...choicesOf(rows, undefined, ''), ...apart, ...(hasMore ? [more] : [])],
    filter: ({ options, search }) =>
      search === '' ? options : options.filter((each) => 'value' in each && isOffered.has(each.value)),
    onSearchChange: (text) => {
      clearTimeout(timer.current);
      // The field also holds the name of what is chosen; nobody typed that.
      const isName = [...rows, ...apart.map(({ value, label }) => ({ id: value, name: label }))].some(
        ({ id, name }) => name === text && chosen.includes(id),
      );
      timer.current = setTimeout(() => setWords(isName ? '' : text.trim().slice(0, 100)), pauseMs);
    },
    onFocus: () => setEntered(true),
    nothingFoundMessage: list.isError
      ? 'The integrations could not be read.'
      : list.isPending || list.isPlaceholderData
        ? 'Searching …'
        : 'No integration matches.',
    hintOf: (id) => {
      const row = rows.find((each) => each.id === id);
      return row && row.provider.name !== row.name ? row.provider.name : null;
    },
  };
}
