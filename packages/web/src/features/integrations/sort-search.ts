import type { IntegrationSort, SortOrder } from '@trunkline/contract/integrations';
import { integrationSorts } from '@trunkline/contract/integrations';
import type { TableSort } from '../../components/DataTable.tsx';

/** Problems first, which the address does not say. */
const usual: Sort = { key: 'status', descending: false };

interface Sort extends TableSort {
  key: IntegrationSort;
}

/** The order that an address says: `p95`, or `-p95` for the other way round. */
export function readSort(text: unknown): Sort {
  const word = typeof text === 'string' ? text : '';
  const key = integrationSorts.find((each) => each === word.replace(/^-/, ''));
  return key === undefined ? usual : { key, descending: word.startsWith('-') };
}

/** The order as the address says it; undefined for the usual one. */
export function sortText({ key, descending }: TableSort): string | undefined {
  if (key === usual.key && descending === usual.descending) return undefined;
  return `${descending ? '-' : ''}${key}`;
}

/** What the server is asked for. */
export function sortInput({ key, descending }: Sort): { sort?: IntegrationSort; order?: SortOrder } {
  if (sortText({ key, descending }) === undefined) return {};
  return { sort: key, order: descending ? 'descending' : 'ascending' };
}

/** The part of an address about the order; empty for the usual one and for one that is not known. */
export function sortSearch(text: unknown): { sort?: string } {
  const sort = sortText(readSort(text));
  return sort === undefined ? {} : { sort };
}
