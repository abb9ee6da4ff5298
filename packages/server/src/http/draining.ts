import type { ServerResponse } from 'node:http';

/** Counts open requests, so that a server that ends can let them finish. */
export class OpenRequests {
  #open = 0;
  #waiting: (() => void)[] = [];

  add(response: ServerResponse): void {
    this.enter();
    response.once('close', this.leave);
  }

  enter(): void {
    this.#open += 1;
  }

  /** A request that entered is over: its answer is written, or nobody is there to read it. */
  readonly leave = (): void => {
    this.#open -= 1;
    if (this.#open === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  };

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
