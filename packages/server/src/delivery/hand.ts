import type { Lease } from './types.ts';

/** How much memory a body takes, in units of 8 KiB; the smallest is one. What bounds memory counts these. */
export function weightOf(body: string): number {
  return 1 + (body.length >>> 13);
}

/**
 * The deliveries that a node has leased and not yet recorded or handed back. They lie in places that are used again: a Map that
 * is filled and emptied all the time makes a new table every few hundred entries, garbage that points to what lay in it.
 */
export class Hand {
  readonly #places: (Lease | undefined)[] = [];
  readonly #free: number[] = [];
  #size = 0;
  #weight = 0;

  get size(): number {
    return this.#size;
  }

  /** The sum of {@link weightOf} of what is in hand. */
  get weight(): number {
    return this.#weight;
  }

  /** Whether this very lease is in hand, not another one of its delivery. */
  has(lease: Lease): boolean {
    return this.#places[lease.place] === lease;
  }

  add(lease: Lease): void {
    if (this.has(lease)) return;
    lease.place = this.#free.pop() ?? this.#places.length;
    this.#places[lease.place] = lease;
    this.#size += 1;
    this.#weight += weightOf(lease.event.body);
  }

  /** Takes this lease out, and says whether it was there. */
  remove(lease: Lease): boolean {
    if (!this.has(lease)) return false;
    this.#places[lease.place] = undefined;
    this.#free.push(lease.place);
    lease.place = nowhere;
    this.#size -= 1;
    this.#weight -= weightOf(lease.event.body);
    return true;
  }

  leases(): Lease[] {
    return this.#places.filter((lease) => lease !== undefined);
  }

  /** Those of these deliveries, by id. Looks at all that is in hand. */
  ofDeliveries(ids: ReadonlySet<string>): Map<string, Lease> {
    const found = new Map<string, Lease>();
    if (this.#size === 0) return found;
    for (const lease of this.#places)
      if (lease !== undefined && ids.has(lease.id)) found.set(lease.id, lease);
    return found;
  }
}

/** The place of a lease that is not in hand. */
export const nowhere = -1;
