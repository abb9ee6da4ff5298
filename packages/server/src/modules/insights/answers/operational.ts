import { findProvider } from '../../../providers/all-providers.ts';
import { faults } from '@trunkline/contract/faults';
import { count, ms, percent, property, readCells, shareOf, text, tracked } from './answer.ts';
import type { Answering, Cell } from './answer.ts';

/** The first cell of every row is the slug of a provider; people know it by its name. */
export function named(rows: Cell[][]): Cell[][] {
  return rows.map(([slug, ...rest]) => [nameOf(String(slug)), ...rest]);
}

function nameOf(slug: string): string {
  return findProvider(slug)?.name ?? (slug === 'custom' ? 'Own providers' : slug);
}

/** Calls and checks of integrations by hour, and by day where hours are gone. */
const measured = `(
  SELECT integration_id, kind, hour AS at, count, failures, faults FROM integration_hours
  WHERE organization_id = current_organization() AND hour >= $1 AND hour < $2
  UNION ALL
  SELECT integration_id, kind, day, count, failures, faults FROM integration_days
  WHERE organization_id = current_organization() AND day >= $1 AND day < $2)`;

export const operational: Answering[] = [
  {
    name: 'adoption',
    group: 'operational',
    title: 'Integrations used most',
    questions: ['Which integrations have the highest adoption and engagement rates?'],
    columns: [text('Provider'), count('Integrations'), count('Calls'), count('Looked at')],
    bar: 2,
    needs: 'Connect a provider and let your product call it.',
    find: async (tx, span) =>
      named(
        await readCells(
          tx,
          `SELECT i.provider, count(*) AS integrations, coalesce(sum(m.calls), 0)::int8 AS calls,
             coalesce(max(o.opened), 0)::int8 AS opened
           FROM integrations i
           LEFT JOIN (SELECT integration_id, sum(count) AS calls FROM ${measured} m WHERE kind = 'call'
             GROUP BY 1) m ON m.integration_id = i.id
           LEFT JOIN (SELECT ${property('integration_name')} AS slug, count(*) AS opened
             FROM ${tracked('integration_card_clicked', 'integration_health_checked')} GROUP BY 1) o ON o.slug = i.provider
           WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL AND i.connected_at IS NOT NULL
           GROUP BY i.provider ORDER BY 3 DESC, 4 DESC, 1`,
          span,
        ),
      ),
    say: ([first]) =>
      first && Number(first[2]) > 0
        ? `${String(first[0])} is called most.`
        : 'Nothing was called in this time.',
  },
  {
    name: 'connections',
    group: 'operational',
    title: 'Attempts to connect, and how long it takes',
    questions: ['What is the success rate of user-initiated connections?'],
    columns: [
      text('Provider'),
      count('Attempts'),
      count('Succeeded'),
      percent('Success rate'),
      ms('Time to connect (median)'),
    ],
    bar: 1,
    needs: 'Connect a provider from the catalog.',
    find: async (tx, span) => {
      const rows = await readCells(
        tx,
        `SELECT ${property('integration_name')} AS slug, count(*) AS attempts,
           count(*) FILTER (WHERE (${property('success_status')})::bool) AS succeeded,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - c.at) * 1000)
             FILTER (WHERE (${property('success_status')})::bool))::int8 AS took
         FROM tracked_events e
         -- From when the same person opened the card of the provider.
         LEFT JOIN LATERAL (SELECT max(k.at) AS at FROM tracked_events k
           WHERE k.organization_id = current_organization() AND k.user_id = e.user_id
             AND k.event = 'integration_card_clicked' AND k.at <= e.at AND k.at > e.at - interval '1 hour'
             AND k.properties->>'integration_name' = ${property('integration_name')}) c ON true
         WHERE e.organization_id = current_organization() AND e.event = 'integration_connection_attempted'
           AND e.at >= $1 AND e.at < $2
         GROUP BY 1 ORDER BY 2 DESC, 1`,
        span,
      );
      return named(rows).map(([name = '', attempts = 0, succeeded = 0, took = null]) => [
        name,
        attempts,
        succeeded,
        shareOf(Number(succeeded), Number(attempts)),
        took,
      ]);
    },
    say: (rows) => {
      const [all, good] = [1, 2].map((column) => rows.reduce((sum, row) => sum + Number(row[column]), 0));
      return rows.length === 0 ? null : `${String(shareOf(good!, all!))} % of ${all} attempts succeeded.`;
    },
  },
  {
    name: 'failures',
    group: 'operational',
    title: 'Failure rates by provider',
    questions: ['Which providers fail, how often and why?'],
    columns: [
      text('Provider'),
      count('Calls and checks'),
      count('Failed'),
      percent('Failure rate'),
      text('Most frequent cause'),
    ],
    bar: 3,
    needs: 'Connect a provider; its checks are enough.',
    find: async (tx, span) => {
      const rows = await tx.query<{ slug: string; count: number; failures: number; faults: number[] }>(
        `SELECT i.provider AS slug, sum(m.count)::int8 AS count, sum(m.failures)::int8 AS failures,
           sum_counts(m.faults) AS faults
         FROM ${measured} m JOIN integrations i ON i.id = m.integration_id
         WHERE i.organization_id = current_organization()
         GROUP BY 1 ORDER BY sum(m.failures)::float8 / sum(m.count) DESC, 2 DESC, 1`,
        [span.since, span.until],
      );
      return rows.map((row) => [
        nameOf(row.slug),
        row.count,
        row.failures,
        shareOf(row.failures, row.count),
        causeOf(row.faults),
      ]);
    },
  },
  {
    name: 'webhookFailures',
    group: 'operational',
    title: 'Where webhook forms go wrong',
    questions: ['What are the common failure points in webhook configuration?'],
    columns: [text('Field'), text('Reason'), count('Times'), count('People')],
    bar: 2,
    needs: 'It fills when the form of a webhook is refused.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT ${property('field')} AS field, ${property('error_code')} AS reason, count(*) AS times,
           count(DISTINCT e.user_id) AS people
         FROM ${tracked('webhook_save_failed')} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20`,
        span,
      ),
  },
  {
    name: 'webhookToggles',
    group: 'operational',
    title: 'Webhooks switched on and off',
    questions: ['Which webhooks are frequently enabled/disabled and why?'],
    columns: [
      text('Webhook'),
      count('On or resumed'),
      count('Off or paused'),
      count('By people and programs'),
      count('By rule'),
    ],
    bar: null,
    needs: 'It fills when a webhook is switched, by somebody or because its endpoint fails.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT max(a.target_name) AS name,
           count(*) FILTER (WHERE a.action IN ('webhook.enabled', 'webhook.resumed')) AS switched_on,
           count(*) FILTER (WHERE a.action IN ('webhook.disabled', 'webhook.paused')) AS switched_off,
           count(*) FILTER (WHERE a.actor_type <> 'system') AS people,
           count(*) FILTER (WHERE a.actor_type = 'system') AS rule
         FROM audit_log a WHERE a.organization_id = current_organization()
           AND a.action IN ('webhook.enabled', 'webhook.resumed', 'webhook.disabled', 'webhook.paused')
           AND a.occurred_at >= $1 AND a.occurred_at < $2
         GROUP BY a.target_id ORDER BY count(*) DESC, 1 LIMIT 20`,
        span,
      ),
  },
  {
    name: 'selfService',
    group: 'operational',
    title: 'What people do without help',
    questions: [
      'How effective is the self-service approach vs. previous manual processes?',
      'What is the ROI of self-service integration management vs. manual processes?',
    ],
    columns: [text('What'), count('Times'), count('People'), ms('Time it took (median)')],
    bar: 1,
    needs: 'Connect a provider, make a webhook or regenerate the key.',
    find: async (tx, span) => {
      const rows = await readCells(
        tx,
        `SELECT what, count(*) AS times, count(DISTINCT user_id) AS people,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY took))::int8 AS took
         FROM (
           SELECT CASE e.event WHEN 'webhook_added' THEN 'Webhook made'
               WHEN 'api_key_regenerated' THEN 'API key regenerated' ELSE 'Provider connected' END AS what, e.user_id,
             CASE e.event WHEN 'api_key_regenerated' THEN (${property('confirmation_time')})::float8
               ELSE extract(epoch FROM e.at - b.at) * 1000 END AS took
           FROM tracked_events e
           -- Begun by the same person within the hour before.
           LEFT JOIN LATERAL (SELECT max(k.at) AS at FROM tracked_events k
             WHERE k.organization_id = current_organization() AND k.user_id = e.user_id AND k.at <= e.at
               AND k.at > e.at - interval '1 hour'
               AND (e.event = 'webhook_added' AND k.event = 'webhook_modal_opened' AND k.properties->>'view' = 'form'
                 OR e.event = 'integration_connection_attempted' AND k.event = 'integration_card_clicked'
                   AND k.properties->>'integration_name' = ${property('integration_name')})) b ON true
           WHERE e.organization_id = current_organization() AND e.at >= $1 AND e.at < $2
             AND e.event IN ('webhook_added', 'api_key_regenerated', 'integration_connection_attempted')
             AND coalesce((${property('success_status')})::bool, true)) acts
         GROUP BY 1 ORDER BY 2 DESC, 1`,
        span,
      );
      return rows;
    },
    say: (rows) =>
      rows.length === 0
        ? null
        : 'How long the same took by hand is not known here: compare with your tickets of that time.',
  },
  {
    name: 'healthChecks',
    group: 'operational',
    title: 'Checks that people ask for',
    questions: ['How proactive are admins in monitoring integration health?'],
    columns: [text('Provider'), count('Checks'), count('Found a problem'), count('People')],
    bar: 1,
    needs: 'It fills when somebody tests an integration or all of them. Checks of the schedule do not count.',
    find: async (tx, span) =>
      named(
        await readCells(
          tx,
          `SELECT ${property('integration_name')} AS slug, count(*) AS checks,
             count(*) FILTER (WHERE ${property('health_status')} = 'problem') AS problems,
             count(DISTINCT e.user_id) AS people
           FROM ${tracked('integration_health_checked')} GROUP BY 1 ORDER BY 2 DESC, 1`,
          span,
        ),
      ),
  },
  {
    name: 'limits',
    group: 'operational',
    title: 'Limits that were reached',
    questions: ['Which limits on requests are reached, and by which key?'],
    columns: [text('Key'), text('Limit'), count('Requests refused'), count('Minutes')],
    bar: 2,
    needs: 'It fills when requests are over a limit; none were in this time. Kept for 30 days.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT coalesce(k.name, CASE WHEN a.id IS NULL THEN 'Former API key' ELSE 'API key' END) AS key,
           CASE t.quota WHEN 'minute' THEN 'Key, a minute' WHEN 'hour' THEN 'Key, an hour'
             ELSE 'All keys, an hour' END AS quota, sum(t.requests)::int8 AS requests, count(*) AS minutes
         FROM api_throttled t
         LEFT JOIN scoped_keys k ON k.id = t.key_id AND k.organization_id = current_organization()
         LEFT JOIN api_keys a ON a.id = t.key_id AND a.organization_id = current_organization()
         WHERE t.organization_id = current_organization() AND t.minute >= $1 AND t.minute < $2
         GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
        span,
      ),
  },
];

const causes: Record<(typeof faults)[number], string> = {
  reauth: 'Credentials not accepted',
  scope: 'A permission is missing',
  config: 'A setting is wrong',
  rateLimit: 'Too many calls',
  quota: 'An allowance is used up',
  down: 'The provider fails',
  ambiguous: 'No clear answer',
  badInput: 'Calls that cannot succeed',
  unknown: 'Unknown',
};

/** Counts stand in the order of the closed list of faults. */
function causeOf(counts: readonly number[]): string | null {
  const most = Math.max(0, ...counts);
  const fault = faults[counts.indexOf(most)];
  return most === 0 || fault === undefined ? null : causes[fault];
}
