import { EgressError } from './errors.ts';

/** How long something may take, in milliseconds. */
export interface Limits {
  /** All of it. */
  totalMs: number;
  /** Each wait for the other side. */
  stepMs: number;
}

/** One deadline over several waits, with a bound on each of them. */
export class Deadline {
  readonly #limits: Limits;
  readonly #clock: () => number;
  readonly #endsAt: number;
  readonly #signal: AbortSignal | undefined;

  /** `clock`: steady milliseconds. The signal ends the present wait as `aborted`. */
  constructor(limits: Limits, clock: () => number, signal?: AbortSignal) {
    this.#limits = limits;
    this.#clock = clock;
    this.#endsAt = clock() + limits.totalMs;
    this.#signal = signal;
  }

  /**
   * Waits for the work. When time is up or the caller stops it, `stop` lets go of what the work holds, and the result
   * is an EgressError `timeout` with this message, or `aborted`.
   */
  limit<T>(work: Promise<T>, late: string, stop: () => void = () => undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const signal = this.#signal;
      const end = (error: EgressError): void => {
        clear();
        stop();
        reject(error);
      };
      const onAbort = (): void => end(new EgressError('aborted', 'It was stopped.'));
      const clear = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const left = Math.max(0, Math.min(this.#endsAt - this.#clock(), this.#limits.stepMs));
      const timer = setTimeout(() => end(new EgressError('timeout', late)), left);
      work.then(resolve, reject).finally(clear);
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener('abort', onAbort);
    });
  }
}
