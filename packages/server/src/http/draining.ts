import type { ServerResponse } from 'node:http';

/** Counts open requests, so that a server that ends can let them finish. */
export class OpenRequests {
  #open = 0;
  #waiting: (() => void)[] = [];
  /** One function for all responses: this is on the way of every event. */
  readonly #closed = (): void => {
    this.#open -= 1;
    if (this.#open === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  };

  add(response: ServerResponse): void {
    this.#open += 1;
    response.once('close', this.#closed);
  }

  /** When none is open, or after `limitMs`. */
  finished(limitMs: number): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
