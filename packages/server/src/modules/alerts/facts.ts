import { alertRuleDefaults, alertRuleKeys } from '@trunkline/contract/alert-rules';
import type { AlertRuleKey } from '@trunkline/contract/alert-rules';
import type { AlertSubject } from '@trunkline/contract/alerts';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { LastResortCapability } from '@trunkline/contract/last-resorts';
import type { App, Tx } from '../../ctx.ts';
import { domainGraceMs } from '../sso/domains.ts';

/** Something that is so just now and that a rule says a person should know. */
export interface Fact {
  organizationId: string;
  rule: AlertRuleKey;
  subjectType: AlertSubject['type'];
  subjectId: string;
  subjectName: string;
  /** Slug of the provider, or the URL of the webhook. */
  topic: string;
  startedAt: Date;
  /** Tells one occurrence from the next. */
  occurrence: Date;
  data: FactData;
}

/** What the words of an alert are made from; each rule has some of it. */
export interface FactData {
  problem?: CheckProblem;
  durationMs?: number;
  byCalls?: boolean;
  threshold?: number;
  expiresAt?: string;
  ageDays?: number;
  failures?: number;
  lastStatus?: number;
  reason?: string;
  count?: number;
  error?: string | null;
  backup?: string;
  limit?: number;
  window?: string;
}

/** Whose facts: of every organization for the sweep, else of the organization of the transaction. */
type Scope = 'all' | 'own';

/** $1 is the present, $2 the ids of subjects or null. */
interface Source {
  subjectType: Fact['subjectType'];
  /** From and where; `x` stands for the subject's own row. */
  columns: string;
  from: string;
  where: string;
}

const threshold = (rule: AlertRuleKey): string =>
  `coalesce(r.threshold, ${alertRuleDefaults[rule].threshold?.value ?? 0})`;

const integrationIn = (condition: string): Pick<Source, 'subjectType' | 'from' | 'where'> => ({
  subjectType: 'integration',
  from: 'integrations x JOIN integration_health h ON h.integration_id = x.id',
  where: `x.deleted_at IS NULL AND x.enabled AND x.connected_at IS NOT NULL AND ${condition}`,
});
const webhookIn = (condition: string): Pick<Source, 'subjectType' | 'from' | 'where'> => ({
  subjectType: 'webhook',
  from: 'webhooks x JOIN webhook_health h ON h.webhook_id = x.id',
  where: `x.deleted_at IS NULL AND ${condition}`,
});

const fault = `h.problem ->> 'fault'`;
/** Restrictions are a matter of `throttled`, refusals of `reauthentication_required`. */
const broken = `h.problem IS NOT NULL AND ${fault} NOT IN ('rateLimit', 'quota', 'reauth')`;
const sinceHealth = 'h.since AS started_at, h.since AS occurrence';
const problem = `jsonb_build_object('problem', h.problem) AS data`;

/** What last resorts hold of these capabilities; what comes to it later is a new occurrence. */
const heldOf = (...held: readonly LastResortCapability[]): Source => ({
  subjectType: 'capability',
  from: `(SELECT organization_id, last_resort_id(organization_id, capability) AS id, capability,
      CASE capability ${held.map((name) => `WHEN '${name}' THEN '${capabilities[name].label}'`).join(' ')} END AS name,
      count(*) AS n, min(last_resort_at) AS first, max(last_resort_at) AS last,
      (array_agg(problem ->> 'title' ORDER BY id DESC))[1] AS error
    FROM actions WHERE last_resort IS NOT NULL AND finished_at IS NULL
      AND capability IN (${held.map((name) => `'${name}'`).join(', ')}) GROUP BY organization_id, capability) x`,
  where: 'true',
  columns: `x.capability AS topic, x.first AS started_at, x.last AS occurrence,
    jsonb_build_object('count', x.n, 'error', x.error) AS data`,
});

/** There is an alert of it. */
const stillOpen = (rule: AlertRuleKey): string =>
  `EXISTS (SELECT FROM alerts a WHERE a.organization_id = x.organization_id AND a.rule = '${rule}'
     AND a.subject_id = x.id AND a.state <> 'resolved')`;

const restricted = `coalesce(${fault} IN ('rateLimit', 'quota'), false)`;
/** What is throttled since then counts: stands where the rule of the organization is not joined yet. */
const throttledSince = `$1::timestamptz - interval '1 minute' * coalesce((SELECT t.threshold FROM alert_rules t
  WHERE t.organization_id = x.organization_id AND t.rule = 'throttled'), ${alertRuleDefaults.throttled.threshold?.value ?? 0})`;
/** By a provider, or by a limit of a second; those of an hour and a day are counted. */
const recentlyRefused = `(coalesce(h.throttled ->> 'window', 'second') = 'second' AND h.throttled_until > ${throttledSince})`;

/** Fewer calls than this say nothing of how fast a provider is. */
const enoughCalls = 5;
const checkMs = `CASE WHEN (h.report ->> 'ok')::boolean THEN (h.report ->> 'durationMs')::float8 ELSE 0 END`;
const callsMs = `CASE WHEN m.n >= ${enoughCalls} THEN m.mean_ms ELSE 0 END`;

const sources: Record<AlertRuleKey, Source> = {
  integration_failing: {
    ...integrationIn(broken),
    columns: `x.provider AS topic, ${sinceHealth}, ${problem}`,
  },

  // On its own only where `integration_failing` is off; else that alert is escalated.
  integration_down: {
    ...integrationIn(`${broken} AND h.since <= $1::timestamptz - ${threshold('integration_down')} * interval '1 minute'
      AND EXISTS (SELECT FROM alert_rules f WHERE f.organization_id = x.organization_id
        AND f.rule = 'integration_failing' AND NOT f.enabled)`),
    columns: `x.provider AS topic, ${sinceHealth}, ${problem}`,
  },

  reauthentication_required: {
    ...integrationIn(`${fault} = 'reauth'`),
    columns: `x.provider AS topic, ${sinceHealth}, ${problem}`,
  },

  // The last check, or the mean of the calls of this hour and the last where there are enough of them. Noticed at the
  // threshold and over at four fifths of it, so that it does not come and go around it.
  slow_responses: {
    ...integrationIn(
      `h.problem IS NULL AND greatest(${checkMs}, ${callsMs}) > ${threshold('slow_responses')}
      * CASE WHEN ${stillOpen('slow_responses')} THEN 0.8 ELSE 1 END`,
    ),
    from: `integrations x JOIN integration_health h ON h.integration_id = x.id
      LEFT JOIN LATERAL (SELECT sum(duration_ms)::float8 / sum(count) AS mean_ms, sum(count) AS n FROM integration_hours
        WHERE integration_id = x.id AND kind = 'call' AND count > 0
          AND hour >= date_trunc('hour', $1::timestamptz - interval '1 hour')) m ON true`,
    columns: `x.provider AS topic, coalesce(h.last_check_at, $1) AS started_at,
      date_trunc('day', coalesce(h.last_check_at, $1)) AS occurrence,
      jsonb_build_object('durationMs', greatest(${checkMs}, ${callsMs}), 'byCalls', ${callsMs} > ${checkMs},
        'threshold', ${threshold('slow_responses')}) AS data`,
  },

  // What renews itself is no matter for a person.
  token_expiring: {
    subjectType: 'integration',
    from: 'integrations x JOIN oauth_tokens o ON o.integration_id = x.id',
    where: `x.deleted_at IS NULL AND x.enabled AND x.connected_at IS NOT NULL AND x.auth_type = 'oauth2'
      AND o.refresh_box IS NULL AND o.access_box IS NOT NULL AND o.ended_at IS NULL
      AND o.expires_at <= $1::timestamptz + ${threshold('token_expiring')} * interval '1 day'`,
    columns: `x.provider AS topic, greatest(coalesce(o.refreshed_at, x.connected_at),
        o.expires_at - ${threshold('token_expiring')} * interval '1 day') AS started_at,
      o.expires_at AS occurrence, jsonb_build_object('expiresAt', o.expires_at) AS data`,
  },

  credentials_old: {
    subjectType: 'integration',
    from: `integrations x JOIN integration_credentials c ON c.integration_id = x.id AND c.state = 'current'`,
    where: `x.deleted_at IS NULL AND x.enabled AND x.connected_at IS NOT NULL AND c.previews <> '{}'
      AND c.created_at <= $1::timestamptz - ${threshold('credentials_old')} * interval '1 day'`,
    columns: `x.provider AS topic, c.created_at + ${threshold('credentials_old')} * interval '1 day' AS started_at,
      c.created_at AS occurrence,
      jsonb_build_object('ageDays', floor(extract(epoch FROM $1::timestamptz - c.created_at) / 86400)) AS data`,
  },

  webhook_failing: {
    ...webhookIn(`x.enabled AND NOT x.paused AND h.consecutive_failures >= ${threshold('webhook_failing')}`),
    columns: `x.url AS topic, coalesce(h.failing_since, h.last_attempt_at, $1) AS started_at,
      coalesce(h.failing_since, x.created_at) AS occurrence,
      jsonb_build_object('failures', h.consecutive_failures, 'lastStatus', coalesce(h.last_status, 0)) AS data`,
  },

  webhook_disabled: {
    ...webhookIn(`NOT x.enabled AND x.disabled_reason IN ('gone', 'failing')`),
    columns: `x.url AS topic, x.updated_at AS started_at, x.updated_at AS occurrence,
      jsonb_build_object('reason', x.disabled_reason) AS data`,
  },

  // Never more of them are counted than it needs.
  dead_letters: {
    subjectType: 'webhook',
    from: `webhooks x CROSS JOIN LATERAL (SELECT max(d.failed_at) AS last, min(d.failed_at) AS first, count(*) AS n,
        (array_agg(d.error_message ORDER BY d.delivery_id DESC))[1] AS error
      FROM (SELECT failed_at, error_message, delivery_id FROM dead_letters WHERE webhook_id = x.id
        ORDER BY delivery_id DESC LIMIT greatest(1000, (SELECT t.threshold FROM alert_rules t
          WHERE t.organization_id = x.organization_id AND t.rule = 'dead_letters'))) d) d`,
    where: `x.deleted_at IS NULL AND d.n >= ${threshold('dead_letters')}`,
    columns: `x.url AS topic, d.first AS started_at, d.last AS occurrence,
      jsonb_build_object('count', d.n, 'error', d.error) AS data`,
  },

  automation_dead_letters: {
    subjectType: 'automation',
    from: `automations x CROSS JOIN LATERAL (SELECT max(d.finished_at) AS last, min(d.finished_at) AS first, count(*) AS n,
        (array_agg(d.problem ->> 'title' ORDER BY d.id DESC))[1] AS error
      FROM (SELECT id, finished_at, problem FROM automation_runs
        WHERE automation_id = x.id AND state = 'dead_lettered'
        ORDER BY id DESC LIMIT greatest(1000, (SELECT t.threshold FROM alert_rules t
          WHERE t.organization_id = x.organization_id AND t.rule = 'automation_dead_letters'))) d) d`,
    where: `x.deleted_at IS NULL AND d.n >= ${threshold('automation_dead_letters')}`,
    columns: `'automations' AS topic, d.first AS started_at, d.last AS occurrence,
      jsonb_build_object('count', d.n, 'error', d.error) AS data`,
  },

  // Over with the next webhook that is taken, when somebody has changed the source, and after a week without any.
  inbound_refused: {
    subjectType: 'inbound_source',
    from: 'inbound_sources x JOIN inbound_refusals q ON q.source_id = x.id',
    where: `x.deleted_at IS NULL AND x.enabled AND q.in_a_row >= ${threshold('inbound_refused')}
      AND q.at > x.updated_at AND q.at > $1::timestamptz - interval '7 days'`,
    columns: `x.provider AS topic, coalesce(q.since, q.at) AS started_at, coalesce(q.since, q.at) AS occurrence,
      jsonb_build_object('failures', q.in_a_row, 'reason', q.reason) AS data`,
  },

  inbound_failed: {
    subjectType: 'inbound_source',
    from: `inbound_sources x CROSS JOIN LATERAL (SELECT max(coalesce(d.failed_at, d.received_at)) AS last,
        min(coalesce(d.failed_at, d.received_at)) AS first, count(*) AS n,
        (array_agg(d.error ORDER BY d.id DESC))[1] AS error
      FROM (SELECT id, failed_at, received_at, error FROM inbound_messages
        WHERE source_id = x.id AND state = 'failed'
        ORDER BY id DESC LIMIT greatest(1000, (SELECT t.threshold FROM alert_rules t
          WHERE t.organization_id = x.organization_id AND t.rule = 'inbound_failed'))) d) d`,
    where: `x.deleted_at IS NULL AND d.n >= ${threshold('inbound_failed')}`,
    columns: `x.provider AS topic, d.first AS started_at, d.last AS occurrence,
      jsonb_build_object('count', d.n, 'error', d.error) AS data`,
  },

  failover: {
    subjectType: 'integration',
    from: `integrations x JOIN failover_configs c ON c.integration_id = x.id JOIN integrations b ON b.id = c.active_id`,
    where: `x.deleted_at IS NULL AND x.enabled AND c.alert AND c.active_id <> x.id`,
    columns: `x.provider AS topic, coalesce(c.failed_over_at, $1) AS started_at,
      coalesce(c.failed_over_at, x.created_at) AS occurrence, jsonb_build_object('backup', b.name) AS data`,
  },

  // Copies that were given up, each of which somebody can have tried again.
  files_not_copied: {
    subjectType: 'integration',
    from: `integrations x JOIN (SELECT primary_id, count(*) AS n, min(created_at) AS first, max(created_at) AS last,
        (array_agg(problem ->> 'title' ORDER BY id DESC))[1] AS error
      FROM displaced_files WHERE stage = 'copy' AND due_at = 'infinity' GROUP BY primary_id) d ON d.primary_id = x.id`,
    where: 'x.deleted_at IS NULL',
    columns: `x.provider AS topic, d.first AS started_at, d.last AS occurrence,
      jsonb_build_object('count', d.n, 'error', d.error) AS data`,
  },

  email_waiting: heldOf('email.send'),
  files_kept: heldOf('storage.put'),
  jobs_by_hand: heldOf('job.post', 'job.close'),

  // A limit of its own that is or was full within the minutes of the rule, a provider that says so, or what the last
  // refusal told of a window that no table counts.
  throttled: {
    ...integrationIn(`(${restricted} OR u.begin IS NOT NULL OR ${recentlyRefused})`),
    from: `integrations x JOIN integration_health h ON h.integration_id = x.id
      LEFT JOIN LATERAL (
        SELECT 'day' AS "window", x.limit_per_day AS "limit", max(d.begin) AS begin FROM (
          SELECT date_trunc('day', hour, 'UTC') AS begin FROM integration_usage
          WHERE integration_id = x.id AND x.limit_per_day IS NOT NULL
            AND hour >= date_trunc('day', ${throttledSince}, 'UTC')
          GROUP BY 1 HAVING sum(calls) >= x.limit_per_day) d
        HAVING count(*) > 0
        UNION ALL
        SELECT 'hour', x.limit_per_hour, max(hour) FROM integration_usage
        WHERE integration_id = x.id AND x.limit_per_hour IS NOT NULL AND calls >= x.limit_per_hour
          AND hour >= date_trunc('hour', ${throttledSince}, 'UTC')
        HAVING count(*) > 0
        LIMIT 1) u ON true`,
    columns: `x.provider AS topic,
      CASE WHEN ${restricted} THEN h.since WHEN h.throttled_at >= coalesce(u.begin, h.throttled_at) THEN h.throttled_at
        ELSE $1 END AS started_at,
      CASE WHEN ${restricted} THEN h.since ELSE coalesce(u.begin, h.throttled_at) END AS occurrence,
      CASE WHEN ${restricted} THEN jsonb_build_object('problem', h.problem)
        WHEN u.begin IS NOT NULL THEN jsonb_build_object('limit', u."limit", 'window', u."window")
        ELSE h.throttled END AS data`,
  },

  // Who has closed it by hand is told again when the domain leads nobody here any more.
  sso_domain_unproved: {
    subjectType: 'sso_domain',
    from: `(SELECT organization_id, id, domain AS name, missing_since, lapsed_at, problem FROM sso_domains
      WHERE missing_since IS NOT NULL) x`,
    where: 'true',
    columns: `'sso' AS topic, x.missing_since AS started_at, coalesce(x.lapsed_at, x.missing_since) AS occurrence,
      jsonb_build_object('reason', x.problem,
        'expiresAt', x.missing_since + ${domainGraceMs} * interval '1 millisecond') AS data`,
  },

  audit_log_broken: {
    subjectType: 'audit_log',
    from: `(SELECT organization_id, organization_id AS id, 'Audit log' AS name, failing_since, reason
      FROM audit_checks WHERE failing_since IS NOT NULL) x`,
    where: 'true',
    columns: `'audit' AS topic, x.failing_since AS started_at, x.failing_since AS occurrence,
      jsonb_build_object('reason', x.reason) AS data`,
  },

  channel_failing: {
    subjectType: 'alert_channel',
    from: 'alert_channels x',
    where: `x.enabled AND x.failures >= ${threshold('channel_failing')}`,
    columns: `x.kind AS topic, coalesce(x.failing_since, $1) AS started_at,
      coalesce(x.failing_since, x.created_at) AS occurrence,
      jsonb_build_object('failures', x.failures, 'error', x.last_detail) AS data`,
  },
};

/** A query of the facts of one rule that is switched on. */
export function factsSql(rule: AlertRuleKey, scope: Scope): string {
  const { subjectType, columns, from, where } = sources[rule];
  return `SELECT x.organization_id, '${rule}' AS rule, '${subjectType}' AS subject_type, x.id AS subject_id,
      x.name AS subject_name, ${columns}
    FROM ${from}
    LEFT JOIN alert_rules r ON r.organization_id = x.organization_id AND r.rule = '${rule}'
    WHERE coalesce(r.enabled, true) AND $1::timestamptz IS NOT NULL AND ($2::uuid[] IS NULL OR x.id = ANY ($2)) AND ${where}
      ${scope === 'own' ? 'AND x.organization_id = current_organization()' : ''}`;
}

const factColumns = `f.organization_id AS "organizationId", f.rule, f.subject_type AS "subjectType",
  f.subject_id AS "subjectId", f.subject_name AS "subjectName", f.topic, f.started_at AS "startedAt", f.occurrence,
  f.data`;

/** What is so now of these subjects of the organization. */
export async function readFacts(
  tx: Tx,
  rule: AlertRuleKey,
  subjectIds: readonly string[],
  now: number,
): Promise<Fact[]> {
  return tx.query<Fact>(`SELECT ${factColumns} FROM (${factsSql(rule, 'own')}) f`, [
    new Date(now),
    subjectIds,
  ]);
}

/** Where facts and alerts differ. */
export interface Difference {
  organizationId: string;
  rule: AlertRuleKey;
  subjectId: string;
}

/**
 * Subjects, over all organizations, of which there is a fact without an alert or an alert without its fact. What a
 * person has closed by hand counts as told, until it occurs anew. A query for each rule, and `between` is awaited between
 * two of them.
 */
export async function findDifferences(
  app: Pick<App, 'pool'>,
  now: number,
  between: () => Promise<void>,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const rule of alertRuleKeys) {
    if (rule !== alertRuleKeys[0]) await between();
    const { rows } = await app.pool.query<Difference>(
      `WITH f AS MATERIALIZED (${factsSql(rule, 'all')})
       SELECT f.organization_id AS "organizationId", '${rule}' AS rule, f.subject_id AS "subjectId" FROM f
       WHERE NOT EXISTS (SELECT FROM alerts a WHERE a.organization_id = f.organization_id AND a.rule = '${rule}'
         AND a.subject_id = f.subject_id AND (a.state <> 'resolved'
           OR a.resolved_by IS NOT NULL AND a.occurrence >= date_trunc('milliseconds', f.occurrence)))
       UNION ALL
       SELECT a.organization_id, '${rule}', a.subject_id FROM alerts a
       WHERE a.rule = '${rule}' AND a.state <> 'resolved'
         AND NOT EXISTS (SELECT FROM f WHERE f.organization_id = a.organization_id AND f.subject_id = a.subject_id)`,
      [new Date(now), null],
    );
    differences.push(...rows);
  }
  return differences;
}
