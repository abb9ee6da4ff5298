import type { ActionBulk } from '@trunkline/contract/action-bulks';
import { actionStatuses } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import { formatNumber } from '../../lib/format.ts';
import { actionLooks } from './action-words.ts';

type Bulk = Pick<ActionBulk, 'capability' | 'total' | 'counts' | 'unfinished'>;

/** `250 × Send email`. */
export function bulkTitle({ capability, total }: Pick<Bulk, 'capability' | 'total'>): string {
  return `${formatNumber(total)} × ${capabilities[capability].label}`;
}

/** `180 of 250`. */
export function bulkProgress({ total, unfinished }: Pick<Bulk, 'total' | 'unfinished'>): string {
  return `${formatNumber(total - unfinished)} of ${formatNumber(total)}`;
}

/** `170 done · 8 failed · 2 in doubt`; only what there is. */
export function bulkCounts({ counts }: Pick<Bulk, 'counts'>): string {
  return actionStatuses
    .filter((state) => counts[state] > 0)
    .map((state) => `${formatNumber(counts[state])} ${actionLooks[state].label.toLowerCase()}`)
    .join(' · ');
}
