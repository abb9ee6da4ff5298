/** Something with a time limit. The wheel owns the three link fields. */
export interface Timed {
  dueTick: number;
  previous: Timed | null;
  next: Timed | null;
  /** Called once when the time is over; the wheel has let go of it already. */
  expire(): void;
}

/**
 * Time limits for very many short exchanges: setting and clearing one is a few pointer writes in a list per tick,
 * where a timer each would cost more than the exchange's own work. Coarse: a limit strikes up to one tick late,
 * never early.
 */
export class DeadlineWheel {
  readonly #tickMs: number;
  readonly #heads: Timed[];
  #tick: number;
  #size = 0;

  /** `now` in ms from the same steady clock as everything after it; `ticks` should span the usual limit. */
  constructor(now: number, tickMs: number, ticks: number) {
    this.#tickMs = tickMs;
    this.#tick = Math.floor(now / tickMs);
    this.#heads = Array.from({ length: ticks }, emptyList);
  }

  get size(): number {
    return this.#size;
  }

  add(entry: Timed, dueMs: number): void {
    const due = Math.max(Math.ceil(dueMs / this.#tickMs), this.#tick + 1);
    entry.dueTick = due;
    const head = this.#heads[due % this.#heads.length]!;
    const last = head.previous!;
    entry.previous = last;
    entry.next = head;
    last.next = entry;
    head.previous = entry;
    this.#size += 1;
  }

  /** Does nothing when the entry is not in the wheel. */
  remove(entry: Timed): void {
    if (entry.next === null) return;
    entry.previous!.next = entry.next;
    entry.next.previous = entry.previous;
    entry.previous = null;
    entry.next = null;
    this.#size -= 1;
  }

  /** Expires all that is due at `now`. An expiring entry may add and remove others. */
  advance(now: number): void {
    const target = Math.floor(now / this.#tickMs);
    const first = Math.max(this.#tick + 1, target - this.#heads.length + 1);
    if (target < first) return;
    this.#tick = target;
    for (let tick = first; tick <= target; tick += 1) this.#expire(tick, target);
  }

  /** All entries, in no order, as they are now. */
  entries(): Timed[] {
    const found: Timed[] = [];
    for (const head of this.#heads) {
      for (let entry = head.next!; entry !== head; entry = entry.next!) found.push(entry);
    }
    return found;
  }

  #expire(tick: number, target: number): void {
    const head = this.#heads[tick % this.#heads.length]!;
    const due: Timed[] = [];
    for (let entry = head.next!; entry !== head; entry = entry.next!) {
      if (entry.dueTick <= target) due.push(entry);
    }
    for (const entry of due) {
      if (entry.next === null) continue;
      this.remove(entry);
      entry.expire();
    }
  }
}

function emptyList(): Timed {
  const head: Timed = { dueTick: 0, previous: null, next: null, expire: () => undefined };
  head.previous = head;
  head.next = head;
  return head;
}
