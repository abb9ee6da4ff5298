import type { LedgerEntry } from '@trunkline/contract/ledger';
import type { Tx } from '../../ctx.ts';
import { listCandidates, listDeliveryFacts } from './queries.ts';
import type { Candidate, CandidateFilter, Place } from './queries.ts';
import { bestByPair, deliveryEntry, heldEntry, pairKey, placeOf } from './rules.ts';
import type { DeliveryFacts } from './rules.ts';

/**
 * Rows that a call looks at, at most, step by step. After an outage that was made good, there may be hundreds of
 * thousands that were delivered since; the caller goes on with the cursor.
 */
const stepLimits = [250, 500, 1000, 1000, 1000, 1000];

/** An event that a webhook does not have, with its place in the list. */
export type UndeliveredRow = Candidate & { entry: LedgerEntry };

export type UndeliveredFilter = CandidateFilter;

/**
 * Up to `limit` undelivered events after a place, newest first, and the place from which the list goes on; null at
 * its end. There may be fewer rows than `limit`, or none, before the end.
 */
export async function findUndelivered(
  tx: Tx,
  filter: UndeliveredFilter,
): Promise<{ rows: UndeliveredRow[]; next: Place | null }> {
  const rows: UndeliveredRow[] = [];
  let { after } = filter;
  for (const stepLimit of stepLimits) {
    const candidates = await listCandidates(tx, { ...filter, after, limit: stepLimit });
    const best = bestByPair(await listDeliveryFacts(tx, candidates));
    for (const candidate of candidates) {
      const entry = entryOf(candidate, best.get(pairKey(candidate)));
      if (entry === null || entry.outcome === 'delivered') continue;
      if (filter.outcome !== 'all' && entry.outcome !== filter.outcome) continue;
      if (rows.length === filter.limit) return { rows, next: rows.at(-1) ?? null };
      rows.push({ ...candidate, entry });
    }
    const last = candidates.at(-1);
    if (!last || candidates.length < stepLimit) return { rows, next: null };
    after = last;
  }
  return { rows, next: after };
}

function entryOf(candidate: Candidate, delivery: DeliveryFacts | undefined): LedgerEntry | null {
  const { held, place } = candidate;
  if (held !== null) return delivery ? null : heldEntry({ ...candidate, held });
  // Another delivery of this event at this webhook stands for it, at its own place.
  return delivery && placeOf(delivery) === place ? deliveryEntry(delivery) : null;
}
