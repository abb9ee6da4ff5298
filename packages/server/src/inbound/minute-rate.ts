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
    let window = this.#windows.get(sourceId);
    if (window === undefined || now - window.startedAt >= minuteMs) {
      window = { startedAt: now, used: 0 };
      this.#windows.set(sourceId, window);
    }
    const share = Math.ceil(perMinute / Math.max(1, this.#liveNodes()));
    if (window.used >= share) return Math.max(1, Math.ceil((window.startedAt + minuteMs - now) / 1000));
    window.used += 1;
    return null;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < minuteMs) return;
    this.#sweptAt = now;
    for (const [id, { startedAt }] of this.#windows) {
      if (now - startedAt > forgetMs) this.#windows.delete(id);
    }
  }
}
