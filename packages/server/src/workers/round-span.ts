import type { App } from '../ctx.ts';
import { kindOfError } from '../tracing/tracer.ts';

/** Shorter rounds found nothing to do, mostly, and there are some ten a second. */
const notableMs = 100;

/** The span of a round, if it turns out to be worth telling. */
export interface RoundSpan {
  end(): void;
  fail(error: unknown): void;
}

/**
 * Begins the span of a worker's round; null when nothing is traced. Only rounds that failed or took a while are recorded:
 * a span that never ends is never told of.
 */
export function roundSpan({ tracer }: Pick<App, 'tracer'>, worker: object): RoundSpan | null {
  const span = tracer?.begin({ name: `worker ${worker.constructor.name}`, kind: 'internal' }) ?? null;
  if (span === null) return null;
  const began = performance.now();
  return {
    end: () => {
      if (performance.now() - began >= notableMs) span.end();
    },
    fail: (error) => {
      span.fail(kindOfError(error));
      span.end();
    },
  };
}
