import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import type { Logger } from 'pino';

/** A node reserves what it can send in this time. */
const reserveMs = 200;
/** A token that was not used this long after its time is lost: too slow for a moment, never too fast. */
const lateMs = 100;
const retryMs = 500;

/** `rate`: every attempt to an endpoint. `catch_up`: what is taken out of its backlog. */
export type Clock = 'rate' | 'catch_up';

/**
 * Reserves tokens: the clock of the endpoint moves on by their time, and never from before now. Under the row's lock,
 * so that no two nodes get the same ones. What lies further ahead than all nodes can reserve is from before the database's
 * clock was set back, and would let the endpoint stand still until then.
 */
const reserve = {
  name: 'reserve_tokens',
  text: `
  INSERT INTO webhook_pace AS p (webhook_id, clock, organization_id, free_at)
  VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
  ON CONFLICT (webhook_id, clock) DO UPDATE
    SET free_at = CASE WHEN p.free_at BETWEEN clock_timestamp() AND clock_timestamp() + interval '10 minutes'
      THEN p.free_at ELSE clock_timestamp() END + $4 * interval '1 millisecond'
  RETURNING extract(epoch FROM free_at - clock_timestamp()) * 1000 AS "endsInMs"`,
};

/** Milliseconds from now until the first of the reserved tokens; they are `1000 / rate` apart. */
export async function reserveTokens(
  pool: pg.Pool,
  key: { webhookId: string; clock: Clock; organizationId: string },
  rate: number,
  count: number,
): Promise<number> {
  const lengthMs = (count * 1000) / rate;
  const { rows } = await pool.query<{ endsInMs: string }>({
    ...reserve,
    values: [key.webhookId, key.clock, key.organizationId, lengthMs],
  });
  return Math.max(0, Number(rows[0]!.endsInMs) - lengthMs);
}

interface Tokens {
  /** Monotonic milliseconds of the next token, and how many follow, `stepMs` apart. */
  at: number;
  left: number;
  stepMs: number;
  asking: boolean;
  timer: NodeJS.Timeout | undefined;
}

export interface PaceOptions {
  pool: pg.Pool;
  log: Logger;
  /** Tokens may be there now for somebody who got none. */
  onReady: (webhookId: string, clock: Clock) => void;
}

/**
 * The rates of endpoints (WH-10). The database's clock is one for all nodes; tokens are reserved for a fraction of a
 * second and used at their time. In any second, all nodes together send at most the rate and, should a node be late,
 * `lateMs` worth of tokens more.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #tokens: Record<Clock, Map<string, Tokens>> = { rate: new Map(), catch_up: new Map() };
  #stopped = false;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
    for (const clock of Object.values(this.#tokens))
      for (const { timer } of clock.values()) clearTimeout(timer);
  }

  /**
   * Takes up to `most` tokens that are due; when there is none, `onReady` follows. `demand` is how many could be used
   * soon.
   */
  take(
    key: { webhookId: string; clock: Clock; organizationId: string },
    rate: number,
    most: number,
    demand: number,
  ): number {
    const clock = this.#tokens[key.clock];
    let tokens = clock.get(key.webhookId);
    if (!tokens) {
      tokens = { at: 0, left: 0, stepMs: 0, asking: false, timer: undefined };
      clock.set(key.webhookId, tokens);
    }
    const now = performance.now();
    const lost = Math.min(tokens.left, Math.ceil((now - lateMs - tokens.at) / tokens.stepMs));
    if (lost > 0) advance(tokens, lost);
    const due = tokens.left === 0 || tokens.at > now ? 0 : Math.floor((now - tokens.at) / tokens.stepMs) + 1;
    const taken = Math.min(most, tokens.left, due);
    if (taken > 0) advance(tokens, taken);
    else if (tokens.left > 0) this.#wake(key, tokens, tokens.at - now);
    else void this.#ask(key, tokens, rate, demand);
    return taken;
  }

  /** Tokens that were taken and not used; they are lost when it is late by now. */
  giveBack({ webhookId, clock }: { webhookId: string; clock: Clock }, count: number): void {
    const tokens = this.#tokens[clock].get(webhookId);
    if (tokens && !tokens.asking) advance(tokens, -count);
  }

  #wake(key: { webhookId: string; clock: Clock }, tokens: Tokens, delayMs: number): void {
    if (this.#stopped || tokens.timer !== undefined) return;
    tokens.timer = setTimeout(() => {
      tokens.timer = undefined;
      this.#options.onReady(key.webhookId, key.clock);
    }, delayMs);
  }

  async #ask(
    key: { webhookId: string; clock: Clock; organizationId: string },
    tokens: Tokens,
    rate: number,
    demand: number,
  ): Promise<void> {
    if (tokens.asking || this.#stopped) return;
    tokens.asking = true;
    const count = Math.max(1, Math.min(Math.floor((rate * reserveMs) / 1000), demand));
    let delayMs = retryMs;
    try {
      delayMs = await reserveTokens(this.#options.pool, key, rate, count);
      Object.assign(tokens, { at: performance.now() + delayMs, left: count, stepMs: 1000 / rate });
    } catch (error) {
      this.#options.log.warn({ err: error, webhookId: key.webhookId }, 'a rate could not be read');
    }
    tokens.asking = false;
    this.#wake(key, tokens, delayMs);
  }
}

function advance(tokens: Tokens, count: number): void {
  tokens.left -= count;
  tokens.at += count * tokens.stepMs;
}
