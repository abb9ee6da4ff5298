const minuteMs = 60_000;
/** What is known of a source without webhooks is forgotten after this. */
const forgetMs = 5 * minuteMs;

interface Window {
  startedAt: number;
  used: number;
}

/**
 * How many webhooks of each source came in the running minute at this node. A source's limit is divided among the nodes
 * that live, so that all of them together admit about as many as it says.
 */
export class MinuteRate {
  readonly #now: () => number;
  readonly #liveNodes: () => number;
  readonly #windows = new Map<string, Window>();
  #sweptAt = 0;

  /** `now` in steady milliseconds. */
  constructor(now: () => number, liveNodes: () => number) {
    this.#now = now;
    this.#liveNodes = liveNodes;
  }

  /** Takes one; null when it is admitted, else the whole seconds until the next minute of this source. */
  take(sourceId: string, perMinute: number): number | null {
    const now = this.#now();
    this.#sweep(now);
    const wait = this.wait(sourceId, perMinute);
    if (wait !== null) return wait;
    const window = this.#running(sourceId);
    if (window === undefined) this.#windows.set(sourceId, { startedAt: now, used: 1 });
    else window.used += 1;
    return null;
  }

  /** As {@link take}, without taking. */
  wait(sourceId: string, perMinute: number): number | null {
    const window = this.#running(sourceId);
    const share = Math.ceil(perMinute / Math.max(1, this.#liveNodes()));
    if (window === undefined || window.used < share) return null;
    return Math.max(1, Math.ceil((window.startedAt + minuteMs - this.#now()) / 1000));
  }

  #running(sourceId: string): Window | undefined {
    const window = this.#windows.get(sourceId);
    return window !== undefined && this.#now() - window.startedAt < minuteMs ? window : undefined;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < minuteMs) return;
    this.#sweptAt = now;
    for (const [id, { startedAt }] of this.#windows) {
      if (now - startedAt > forgetMs) this.#windows.delete(id);
    }
  }
}
