import { count, ms, percent, property, readCells, shareOf, text, time, tracked } from './answer.ts';
import type { Answering, Cell } from './answer.ts';

/** Pearson's correlation of two columns; null for fewer than four rows, or where one of them never changes. */
export function correlation(pairs: readonly (readonly [number, number])[]): number | null {
  const size = pairs.length;
  if (size < 4) return null;
  const mean = (index: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[index], 0) / size;
  const [meanX, meanY] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

function correlationWords(rows: Cell[][]): string | null {
  const r = correlation(rows.map((row) => [Number(row[1]), Number(row[2]) + Number(row[3])]));
  if (r === null) return rows.length === 0 ? null : 'There are too few weeks to see a connection.';
  const strength = Math.abs(r) < 0.3 ? 'no clear' : Math.abs(r) < 0.7 ? 'a moderate' : 'a strong';
  return `Calls of integrations and use of the product show ${strength} connection (correlation ${r.toFixed(2)}).`;
}

export const business: Answering[] = [
  {
    name: 'eventsChosen',
    group: 'business',
    title: 'Events that webhooks are for',
    questions: [
      'What types of webhooks are most commonly configured?',
      'Which webhook events are most valuable for business processes?',
    ],
    columns: [text('Event'), count('Webhooks'), count('Chosen in forms')],
    bar: 1,
    needs: 'Make a webhook.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT coalesce(w.event, c.event) AS event, coalesce(w.webhooks, 0) AS webhooks, coalesce(c.times, 0) AS times
         FROM (SELECT event, count(*) AS webhooks FROM webhooks, unnest(events) AS event
           WHERE organization_id = current_organization() AND deleted_at IS NULL GROUP BY 1) w
         FULL JOIN (SELECT ${property('event_type')} AS event, count(*) AS times
           FROM ${tracked('webhook_event_selected')} AND ${property('event_type')} <> 'own' GROUP BY 1) c
           ON c.event = w.event
         ORDER BY 2 DESC, 3 DESC, 1 LIMIT 20`,
        span,
      ),
  },
  {
    name: 'webhookAdoption',
    group: 'business',
    title: 'Webhooks over time',
    questions: ['How fast are webhooks adopted, and do they deliver?'],
    columns: [time('Week from'), count('Webhooks made'), count('Attempts'), percent('Delivered')],
    bar: 2,
    needs: 'Make a webhook and send an event. Attempts are kept for 30 days.',
    find: async (tx, span) => {
      const rows = await readCells(
        tx,
        `SELECT week, sum(made)::int8 AS made, sum(succeeded + failed)::int8 AS attempts, sum(succeeded)::int8 AS good
         FROM (
           SELECT date_trunc('week', created_at, 'UTC') AS week, 1 AS made, 0 AS succeeded, 0 AS failed FROM webhooks
           WHERE organization_id = current_organization() AND created_at >= $1 AND created_at < $2
           UNION ALL
           SELECT date_trunc('week', hour, 'UTC'), 0, succeeded, failed FROM webhook_hours
           WHERE organization_id = current_organization() AND hour >= $1 AND hour < $2) parts
         GROUP BY 1 ORDER BY 1`,
        span,
      );
      return rows.map(([week = '', made = 0, attempts = 0, good = 0]) => [
        week,
        made,
        attempts,
        shareOf(Number(good), Number(attempts)),
      ]);
    },
  },
  {
    name: 'usageAndAdoption',
    group: 'business',
    title: 'Integrations and use of the product',
    questions: ['What is the correlation between integration usage and overall CRM adoption?'],
    columns: [
      time('Week from'),
      count('Calls of integrations'),
      count('API requests'),
      count('Acts of people'),
    ],
    bar: 1,
    needs: 'Use the API and connect providers for a week or more.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT week, sum(calls)::int8 AS calls, sum(requests)::int8 AS requests, sum(acts)::int8 AS acts
         FROM (
           SELECT date_trunc('week', hour, 'UTC') AS week, count AS calls, 0 AS requests, 0 AS acts
           FROM integration_hours WHERE organization_id = current_organization() AND kind = 'call'
             AND hour >= $1 AND hour < $2
           UNION ALL
           SELECT date_trunc('week', day, 'UTC'), count, 0, 0
           FROM integration_days WHERE organization_id = current_organization() AND kind = 'call'
             AND day >= $1 AND day < $2
           UNION ALL
           SELECT date_trunc('week', hour, 'UTC'), 0, requests, 0 FROM api_usage_hours
           WHERE organization_id = current_organization() AND hour >= $1 AND hour < $2
           UNION ALL
           SELECT date_trunc('week', at, 'UTC'), 0, 0, 1 FROM tracked_events
           WHERE organization_id = current_organization() AND user_id IS NOT NULL AND at >= $1 AND at < $2) parts
         GROUP BY 1 ORDER BY 1`,
        span,
      ),
    say: correlationWords,
  },
  {
    name: 'monitoring',
    group: 'business',
    title: 'Looking after integrations, and their uptime',
    questions: ['How does integration health monitoring affect system uptime?'],
    columns: [
      text('Integrations'),
      count('Number'),
      percent('Uptime'),
      count('Outages'),
      ms('Time to repair (median)'),
    ],
    bar: 2,
    needs: 'Connect a provider; its checks fill it.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT CASE WHEN watched THEN 'Checked by people too' ELSE 'Left to the schedule' END AS who,
           count(DISTINCT integration_id) AS integrations,
           (round(100 * (1 - sum(down) / nullif(sum(seconds), 0)), 2))::float8 AS uptime,
           count(*) FILTER (WHERE down > 0) AS outages,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY repaired) FILTER (WHERE repaired IS NOT NULL))::int8 AS repair
         FROM (
           SELECT s.integration_id, w.target_id IS NOT NULL AS watched, t.seconds,
             CASE WHEN s.status = 'error' THEN t.seconds ELSE 0 END AS down,
             CASE WHEN s.status = 'error' THEN extract(epoch FROM s.until - s.since) * 1000 END AS repaired
           FROM integration_status_spans s
           CROSS JOIN LATERAL (SELECT greatest(0, extract(epoch FROM least(coalesce(s.until, $2), $2)
             - greatest(s.since, $1))) AS seconds) t
           LEFT JOIN (SELECT DISTINCT target_id FROM audit_log
             WHERE organization_id = current_organization() AND occurred_at >= $1 AND occurred_at < $2
               AND action IN ('integration.tested', 'integration.troubleshot')) w
             ON w.target_id = s.integration_id::text
           WHERE s.organization_id = current_organization() AND s.since < $2 AND coalesce(s.until, $2) > $1
             AND s.status NOT IN ('disabled', 'pending')) spans
         GROUP BY watched ORDER BY watched DESC`,
        span,
      ),
  },
];
