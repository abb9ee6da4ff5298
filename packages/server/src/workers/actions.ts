import type { App } from '../ctx.ts';
import { advance } from '../modules/actions/advance.ts';
import type { HeldAction } from '../modules/actions/advance.ts';
import { claimActions, removeOldActions, untilNextAction } from '../modules/actions/claim-actions.ts';

/** Actions of the queue at once on this node. */
const atOnce = 16;
const longestNapMs = 1_000;
const shortestNapMs = 25;
const afterFailureMs = 1_000;
const betweenLooksMs = 100;
/** One that would have to wait for longer goes back to the queue. */
const staysMs = 10_000;
const cleanEveryMs = 60_000;

/**
 * Works on actions that nobody waits for, on those that are due again, and on those whose process ended, beside any number
 * of other nodes.
 */
export class Actions {
  readonly #app: App;
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #stopped = true;
  #wanted = false;
  #lookedAt = -Infinity;
  #cleanedAt = -Infinity;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#stopped = false;
    this.#app.live.onChange(({ topic }) => {
      if (topic === 'actions') this.wake();
    });
    this.wake();
  }

  /** Looks for due actions soon instead of within a second: every action that ends is announced, too. */
  wake(): void {
    this.#wanted = true;
    this.#schedule(this.#untilNextLook());
  }

  /** What is under way finishes; the rest is left to another node or to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#running);
  }

  /** Takes what is due and works on it to its end, for tests and for a node that has nothing else to do. */
  async run(): Promise<void> {
    for (;;) {
      const held = await claimActions(this.#app, atOnce);
      if (held.length === 0) return;
      await Promise.all(held.map((one) => this.#work(one)));
    }
  }

  /** Looks are this far apart at least, however much is announced. */
  #untilNextLook(): number {
    return Math.max(0, this.#lookedAt + betweenLooksMs - performance.now());
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#looking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().then((napMs) => {
        this.#looking = null;
        this.#schedule(this.#wanted ? this.#untilNextLook() : napMs);
      });
    }, delayMs);
  }

  /** Takes what is due and there is room for, and gives the milliseconds to the next look. */
  async #look(): Promise<number> {
    this.#wanted = false;
    this.#lookedAt = performance.now();
    try {
      await this.#clean();
      const room = atOnce - this.#running.size;
      if (room <= 0) return longestNapMs;
      const held = await claimActions(this.#app, room);
      for (const one of held) {
        const work = this.#work(one).finally(() => {
          this.#running.delete(work);
          this.wake();
        });
        this.#running.add(work);
      }
      const ms = await untilNextAction(this.#app);
      return ms === null ? longestNapMs : Math.min(longestNapMs, Math.max(shortestNapMs, ms));
    } catch (error) {
      this.#app.log.warn({ err: error }, 'actions could not be worked on');
      this.#wanted = false;
      return afterFailureMs;
    }
  }

  async #work(held: HeldAction): Promise<void> {
    try {
      await advance(this.#app, held, this.#app.dialer.clock() + staysMs);
    } catch (error) {
      // Its lease ends, and then it is taken again.
      this.#app.log.warn({ err: error, actionId: held.id }, 'an action could not be worked on');
    }
  }

  async #clean(): Promise<void> {
    const now = performance.now();
    if (now - this.#cleanedAt < cleanEveryMs) return;
    this.#cleanedAt = now;
    await removeOldActions(this.#app);
  }
}
