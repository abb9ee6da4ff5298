import { listIntegrations } from '@trunkline/contract/integrations';
import { useOperation } from '../../lib/api.ts';

export interface Choice {
  value: string;
  label: string;
}

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

/** The integrations by which a list can be narrowed, the first hundred by their names. */
export function useIntegrationChoices(chosen: string | undefined, enabled = true): Choice[] {
  const { data } = useOperation(listIntegrations, { limit: 100, sort: 'name' }, { enabled });
  return choicesOf(data?.data ?? [], chosen, 'Another integration');
}
