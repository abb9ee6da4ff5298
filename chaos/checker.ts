import type { Endpoint } from './endpoint.ts';
import type { Traffic } from './traffic.ts';

/** The name that the load gave an event, in SQL. */
const nameOf = `e.body::jsonb #>> '{data,id}'`;

/** What the checker looks at, once everything is healed and drained. A `World` is one. */
export interface Checked {
  traffic: Pick<Traffic, 'sent' | 'unnamed' | 'acked' | 'lines'>;
  endpoints: readonly Received[];
  /** Those of the endpoints that keep an order. */
  orderedEndpoints: readonly Received[];
  nodes: readonly { crashes: readonly string[] }[];
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  api(method: string, path: string): Promise<Record<string, unknown>>;
}

type Received = Pick<Endpoint, 'webhookId' | 'confirmed' | 'seen' | 'mixedUp' | 'messages'>;

export interface Verdict {
  acked: number;
  /** Pairs of an acknowledged event and an endpoint that confirmed it. */
  delivered: number;
  /** Acknowledged, and neither confirmed by an endpoint nor dead-lettered nor still scheduled for it. */
  lost: string[];
  /**
   * What nothing explains: a message that nobody sent or with another's body, a second delivery of an event to one
   * endpoint that nobody asked for, a success in the history that the endpoint does not know, a broken audit chain,
   * a process that ended by itself.
   */
  unexpected: string[];
  /** Confirmed more than once, each time with the same id. */
  duplicates: number;
  /** Sent, not acknowledged, and delivered all the same: the answer was lost, not the event. */
  recovered: number;
  deadLetters: number;
  /** Why deliveries were given up, those included that were retried since: code → how many. */
  givenUp: Record<string, number>;
  scheduled: number;
  /** First arrivals at an ordered endpoint that overtook an event of their subject acknowledged before them. */
  outOfOrder: string[];
}

/**
 * The total-queue check: what went in must come out, nothing else may, repeats are counted. Every event goes to
 * every endpoint, so each endpoint is checked for itself.
 */
export async function check(world: Checked): Promise<Verdict> {
  const { sent, unnamed, acked, lines } = world.traffic;
  const open = async (table: 'dead_letters' | 'delivery_queue') => {
    const rows = await world.query<{ place: string }>(
      `SELECT t.webhook_id || ' ' || (${nameOf}) AS place FROM ${table} t JOIN events e ON e.id = t.event_id`,
    );
    return new Set(rows.map(({ place }) => place));
  };
  const dead = await open('dead_letters');
  const scheduled = await open('delivery_queue');
  const verdict: Verdict = {
    acked: acked.size,
    delivered: 0,
    lost: [],
    unexpected: [
      ...(await doubledDeliveries(world)),
      ...(await brokenAudit(world)),
      ...world.nodes.flatMap(({ crashes }) => crashes),
    ],
    duplicates: 0,
    recovered: 0,
    deadLetters: dead.size,
    givenUp: await givenUp(world),
    scheduled: scheduled.size,
    outOfOrder: [],
  };
  for (const [index, endpoint] of world.endpoints.entries()) {
    const at = (id: string) => `endpoint ${index}: ${id}`;
    for (const id of acked) {
      const place = `${endpoint.webhookId} ${id}`;
      if (endpoint.confirmed.has(id)) verdict.delivered += 1;
      else if (!dead.has(place) && !scheduled.has(place)) verdict.lost.push(at(id));
    }
    for (const id of endpoint.seen) if (!sent.has(id)) verdict.unexpected.push(`${at(id)} was never sent`);
    for (const id of endpoint.mixedUp) verdict.unexpected.push(`${at(id)} came with another body`);
    for (const [id, messageId] of endpoint.messages)
      if (!unnamed.has(id) && messageId !== id) verdict.unexpected.push(`${at(id)} came as ${messageId}`);
    for (const id of await inventedSuccesses(world, endpoint))
      verdict.unexpected.push(`${at(id)} is a success in the history only`);
    for (const [id, times] of endpoint.confirmed) {
      verdict.duplicates += times - 1;
      if (!acked.has(id)) verdict.recovered += 1;
    }
  }
  for (const endpoint of world.orderedEndpoints)
    for (const line of lines) verdict.outOfOrder.push(...overtakers(line, endpoint.seen));
  return verdict;
}

/** Of ids in the order of their acknowledgement, those that arrived before an earlier one. Repeats do not count. */
export function overtakers(line: readonly string[], arrivals: Iterable<string>): string[] {
  const places = new Map(line.map((id, index) => [id, index]));
  const arrived = [...arrivals].flatMap((id) => places.get(id) ?? []);
  const result: string[] = [];
  // Seen from the end: whoever came before a smaller place overtook it.
  let smallest = Infinity;
  for (const place of arrived.toReversed()) {
    if (place > smallest) result.push(`${line[place]} before ${line[smallest]}`);
    else smallest = place;
  }
  return result.toReversed();
}

async function givenUp(world: Checked): Promise<Record<string, number>> {
  const rows = await world.query<{ code: string; count: string }>(
    `SELECT coalesce(error_code, 'none') AS code, count(*) FROM attempts WHERE state = 'dlq' GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ code, count }) => [code, Number(count)]));
}

/** The fan-out makes one delivery of an event for an endpoint; only a replay, which says so, makes another. */
async function doubledDeliveries(world: Checked): Promise<string[]> {
  const rows = await world.query<{ name: string }>(
    `SELECT ${nameOf} AS name FROM attempts a JOIN events e ON e.id = a.event_id WHERE a.trigger = 'event'
     GROUP BY a.webhook_id, e.id, e.body HAVING count(DISTINCT a.delivery_id) > 1
     UNION ALL
     SELECT ${nameOf} FROM events e WHERE e.type = 'chaos.happened' GROUP BY 1 HAVING count(*) > 1`,
  );
  return rows.map(({ name }) => `${name} was fanned out twice`);
}

async function inventedSuccesses(world: Checked, endpoint: Received): Promise<string[]> {
  const rows = await world.query<{ name: string; times: string }>(
    `SELECT ${nameOf} AS name, count(*) AS times FROM attempts a JOIN events e ON e.id = a.event_id
     WHERE a.webhook_id = $1 AND a.response_status BETWEEN 200 AND 299 GROUP BY 1`,
    [endpoint.webhookId],
  );
  return rows
    .filter(({ name, times }) => Number(times) > (endpoint.confirmed.get(name) ?? 0))
    .map(({ name }) => name);
}

async function brokenAudit(world: Checked): Promise<string[]> {
  const answer = await world.api('GET', '/audit/verify');
  return answer['ok'] === true ? [] : [`the audit log: ${JSON.stringify(answer)}`];
}
