import type { World } from './world.ts';

export interface Verdict {
  acked: number;
  /** Acknowledged, and neither confirmed by an endpoint nor dead-lettered nor still scheduled for it. */
  lost: string[];
  /** Seen by an endpoint although nobody sent it. */
  unexpected: string[];
  /** Confirmed more than once, each time with the same id. */
  duplicates: number;
  /** Sent, not acknowledged, and delivered all the same: the answer was lost, not the event. */
  recovered: number;
  deadLetters: number;
  scheduled: number;
}

/**
 * The total-queue check: what went in must come out, nothing else may, repeats are counted. Every event goes to
 * every endpoint, so each endpoint is checked for itself.
 */
export async function check(
  world: World,
  sent: ReadonlySet<string>,
  acked: ReadonlySet<string>,
): Promise<Verdict> {
  const open = async (table: 'dead_letters' | 'delivery_queue') => {
    const rows = await world.query<{ key: string; url: string }>(
      `SELECT e.key, w.url FROM ${table} t JOIN events e ON e.id = t.event_id JOIN webhooks w ON w.id = t.webhook_id`,
    );
    return new Set(rows.map(({ key, url }) => `${url} ${key}`));
  };
  const dead = await open('dead_letters');
  const scheduled = await open('delivery_queue');
  const verdict: Verdict = {
    acked: acked.size,
    lost: [],
    unexpected: [],
    duplicates: 0,
    recovered: 0,
    deadLetters: dead.size,
    scheduled: scheduled.size,
  };
  for (const endpoint of world.endpoints) {
    for (const id of acked) {
      const place = `${endpoint.url} ${id}`;
      if (!endpoint.confirmed.has(id) && !dead.has(place) && !scheduled.has(place)) verdict.lost.push(place);
    }
    for (const id of endpoint.seen) if (!sent.has(id)) verdict.unexpected.push(`${endpoint.url} ${id}`);
    for (const [id, times] of endpoint.confirmed) {
      verdict.duplicates += times - 1;
      if (!acked.has(id)) verdict.recovered += 1;
    }
  }
  return verdict;
}
