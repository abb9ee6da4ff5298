import type { Lease, Outcome } from './types.ts';

/** The claims of a delivery that was marked. One more: its worker ended while it was sent. */
export const markedClaims = 1_000;
/** What ends a worker does so at once; after this the next one need not wait for a slow endpoint. */
const aloneMs = 1_000;

/**
 * Deliveries that were in the hands of a process several times when it ended, most of them because another one ended it.
 * They are sent one after the other, each marked before. When the process ends again, the mark says which one it was, and
 * the others go on.
 */
export class Suspects {
  readonly #mark: (lease: Lease) => Promise<boolean>;
  #turn: Promise<void> = Promise.resolve();

  /** `mark` makes {@link markedClaims} of the delivery's claims; false when its lease is lost. */
  constructor(mark: (lease: Lease) => Promise<boolean>) {
    this.#mark = mark;
  }

  /** What `send` came to. `crashed`: it ended its worker before. Null: it was not sent, since it could not be marked. */
  async attempt(lease: Lease, send: () => Promise<Outcome>): Promise<Outcome | 'crashed' | null> {
    if (lease.claims > markedClaims) return 'crashed';
    const turn = this.#turn;
    let next: () => void = () => undefined;
    this.#turn = new Promise((resolve) => (next = resolve));
    await turn;
    let timer: NodeJS.Timeout | undefined;
    try {
      if (!(await this.#mark(lease))) return null;
      timer = setTimeout(next, aloneMs);
      return await send();
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      next();
    }
  }
}
