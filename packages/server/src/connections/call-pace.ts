/** Of a connection, what its calls a second are known by. */
export interface Paced {
  integrationId: string;
  provider: { limits: { perSecond?: number } };
}

export interface CallPaceOptions {
  /** Steady milliseconds. */
  monotonic: () => number;
  /** Nodes at work, which share a provider's calls a second. */
  liveNodes: () => number;
}

/** `at`: the moment of the turn. `retryAfterMs`: when to ask again; those who are sent away get one moment each. */
export type Turn = { free: true; at: number } | { free: false; retryAfterMs: number };

interface Turns {
  /** The next free turn, in steady milliseconds. */
  next: number;
  /** The turn that was named to the last one who was sent away. */
  named: number;
}

const forgetMs = 60_000;

/**
 * Keeps calls as far apart as a provider's known limit a second says. Every node takes its share of it, so that together
 * they stay below without asking each other.
 */
export class CallPace {
  readonly #options: CallPaceOptions;
  readonly #turns = new Map<string, Turns>();
  #forgotAt = -Infinity;

  constructor(options: CallPaceOptions) {
    this.#options = options;
  }

  /** A call may be made this very moment. */
  isFree({ integrationId, provider }: Paced): boolean {
    if (provider.limits.perSecond === undefined) return true;
    return (this.#turns.get(integrationId)?.next ?? -Infinity) <= this.#options.monotonic();
  }

  /** Takes the next turn, if it comes within so many milliseconds. */
  reserve({ integrationId, provider }: Paced, withinMs: number): Turn {
    const { perSecond } = provider.limits;
    const now = this.#options.monotonic();
    if (perSecond === undefined) return { free: true, at: now };
    this.#forget(now);
    const stepMs = (1000 / perSecond) * this.#options.liveNodes();
    const turns = this.#turns.get(integrationId) ?? { next: now, named: now };
    this.#turns.set(integrationId, turns);
    const at = Math.max(turns.next, now);
    if (at - now <= withinMs) {
      turns.next = at + stepMs;
      return { free: true, at };
    }
    turns.named = Math.max(turns.named, at) + stepMs;
    return { free: false, retryAfterMs: turns.named - now };
  }

  /** Waits for a turn. A timer counts whole milliseconds and may come early, so it looks again. */
  async until(at: number): Promise<void> {
    for (;;) {
      const ms = at - this.#options.monotonic();
      if (ms <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, Math.ceil(ms)));
    }
  }

  #forget(now: number): void {
    if (now - this.#forgotAt < forgetMs) return;
    this.#forgotAt = now;
    for (const [id, { next, named }] of this.#turns) if (Math.max(next, named) < now) this.#turns.delete(id);
  }
}
