import type { Tx } from '../../ctx.ts';
import { readSpans } from './queries.ts';
import { uptimeOf } from './uptime.ts';
import type { Span } from './uptime.ts';

/**
 * The uptime of integrations between two times (milliseconds since the epoch), in per cent of the time when they were on;
 * one that was never on has none.
 */
export async function readUptimes(
  tx: Tx,
  ids: readonly string[],
  from: number,
  to: number,
): Promise<Map<string, number>> {
  const spans = new Map<string, Span[]>(ids.map((id) => [id, []]));
  for (const span of await readSpans(tx, ids, new Date(from))) spans.get(span.integrationId)?.push(span);
  const uptimes = new Map<string, number>();
  for (const [id, own] of spans) {
    // The target only matters for the budget, which nobody asks for here.
    const { percent } = uptimeOf(own, from, to, 99.9);
    if (percent !== null) uptimes.set(id, percent);
  }
  return uptimes;
}
