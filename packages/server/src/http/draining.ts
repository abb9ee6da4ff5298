import type { ServerResponse } from 'node:http';

/** Counts open requests, so that a server that ends can let them finish. */
export class OpenRequests {
  readonly #open = new Set<ServerResponse>();
  #waiting: (() => void)[] = [];

  add(response: ServerResponse): void {
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  /** When none is open, or after `limitMs`. */
  finished(limitMs: number): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
