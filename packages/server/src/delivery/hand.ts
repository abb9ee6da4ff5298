import type { Lease } from './types.ts';

/** How much memory a body takes, in units of 8 KiB; the smallest is one. What bounds memory counts these. */
export function weightOf(body: string): number {
  return 1 + (body.length >>> 13);
}

/** The deliveries that a node has leased and not yet recorded or handed back. */
export class Hand {
  readonly #leases = new Map<string, Lease>();
  #weight = 0;

  get size(): number {
    return this.#leases.size;
  }

  /** The sum of {@link weightOf} of what is in hand. */
  get weight(): number {
    return this.#weight;
  }

  get(id: string): Lease | undefined {
    return this.#leases.get(id);
  }

  /** Its id is not in hand. */
  add(lease: Lease): void {
    this.#leases.set(lease.id, lease);
    this.#weight += weightOf(lease.event.body);
  }

  /** Takes this lease out; nothing when another one, or none, of its delivery is in hand. */
  remove(lease: Lease): void {
    if (this.#leases.get(lease.id) !== lease) return;
    this.#leases.delete(lease.id);
    this.#weight -= weightOf(lease.event.body);
  }

  ids(): string[] {
    return [...this.#leases.keys()];
  }

  leases(): Iterable<Lease> {
    return this.#leases.values();
  }
}
