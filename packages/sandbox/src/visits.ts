/** One thing that somebody did at a server that does not speak HTTP. No credential and no content is in it. */
export interface Visit {
  /** Counts up, from 1. */
  number: number;
  /** ISO 8601. */
  at: string;
  /** What was asked: `AUTH`, `RCPT`, `LIST` … */
  verb: string;
  subject: string;
  /** What was answered, in a word or by its code. */
  result: string;
  good: boolean;
}

const kept = 200;

/** The latest visits of one server. */
export class Visits {
  readonly #entries: Visit[] = [];
  #count = 0;

  /** Visits so far. */
  get count(): number {
    return this.#count;
  }

  /** Newest first, at most the latest two hundred. */
  get latest(): Visit[] {
    return this.#entries.toReversed();
  }

  note(verb: string, subject: string, result: string, good: boolean): void {
    this.#count += 1;
    this.#entries.push({ number: this.#count, at: new Date().toISOString(), verb, subject, result, good });
    if (this.#entries.length > kept) this.#entries.shift();
  }
}
