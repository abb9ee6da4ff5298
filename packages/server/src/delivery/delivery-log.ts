import type { LogLine } from '../logs/log-line.ts';
import type { LogWriter } from '../logs/log-writer.ts';
import type { Result } from './record.ts';

/** What happened more often of the same kind within a minute is told in one line. */
const windowMs = 60_000;

interface Group {
  endsAt: number;
  /** Since the line that began it. */
  count: number;
  last: Result;
}

type Kind = 'failed' | 'dlq';

/**
 * Tells of failed attempts and of deliveries that were given up: the first of a webhook at once, what follows within a
 * minute in one line at its end, so that an endpoint that is down for an hour makes sixty lines and not a million.
 * Successes cost one comparison.
 */
export class DeliveryLog {
  readonly #logs: Pick<LogWriter, 'write'>;
  readonly #clock: () => number;
  readonly #groups = new Map<string, Group>();

  constructor(options: { logs: Pick<LogWriter, 'write'>; clock: () => number }) {
    this.#logs = options.logs;
    this.#clock = options.clock;
  }

  add(result: Result): void {
    if (result.outcome.success) return;
    this.#count('failed', result);
    if (result.verdict.state === 'dlq') this.#count('dlq', result);
  }

  /** Writes groups whose minute is over, or all. */
  flush(all = false): void {
    if (this.#groups.size === 0) return;
    const now = this.#clock();
    for (const [key, group] of this.#groups) {
      if (!all && now < group.endsAt) continue;
      const { count, last } = group;
      if (count === 0 || all) this.#groups.delete(key);
      if (count > 0) this.#logs.write(lineOf(key.endsWith('dlq') ? 'dlq' : 'failed', last, count));
      group.count = 0;
      group.endsAt = now + windowMs;
    }
  }

  #count(kind: Kind, result: Result): void {
    const key = `${result.lease.webhookId} ${kind}`;
    const group = this.#groups.get(key);
    if (group) {
      group.count += 1;
      group.last = result;
      return;
    }
    this.#groups.set(key, { endsAt: this.#clock() + windowMs, count: 0, last: result });
    this.#logs.write(lineOf(kind, result, 1));
  }
}

function lineOf(kind: Kind, { lease, outcome }: Result, count: number): LogLine {
  const why = outcome.errorMessage ?? 'The endpoint did not take it.';
  const many = count.toLocaleString('en');
  const attempts = lease.attempts + 1 - lease.attemptsBefore;
  const message =
    kind === 'failed'
      ? count === 1
        ? why
        : `${many} more attempts failed within a minute; the last: ${why}`
      : count === 1
        ? `Given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}: the delivery is among the dead letters.`
        : `${many} more deliveries were given up within a minute; they are among the dead letters.`;
  return {
    organizationId: lease.organizationId,
    webhookId: lease.webhookId,
    source: 'delivery',
    level: kind === 'failed' ? 'warn' : 'error',
    event: kind === 'failed' ? 'delivery.failed' : 'delivery.dead_lettered',
    message,
    details: {
      host: URL.canParse(outcome.url) ? new URL(outcome.url).host : undefined,
      ...(outcome.responseStatus > 0 && { status: outcome.responseStatus }),
      durationMs: Math.round(outcome.durationMs),
      deliveryId: lease.id,
      messageId: lease.event.key ?? lease.event.id,
      eventType: lease.event.type,
      attempt: lease.attempts + 1,
      ...(count > 1 && { count }),
      error: { code: outcome.errorCode ?? 'http_error', message: why },
    },
  };
}
