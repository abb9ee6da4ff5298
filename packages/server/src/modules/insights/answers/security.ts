import { count, percent, property, readCells, shareOf, text, time, tracked } from './answer.ts';
import type { Answering } from './answer.ts';

const audited = `audit_log a WHERE a.organization_id = current_organization() AND a.occurred_at >= $1 AND a.occurred_at < $2`;

/** Acts that open or end access; each is worth a look when it comes at an unusual time or from an unusual place. */
const sensitive = [
  'api_key.revealed',
  'api_key.copied',
  'api_key.regenerated',
  'api_key.created',
  'webhook.secret_revealed',
  'webhook.secret_regenerated',
  'integration.secret_revealed',
  'integration.disconnected',
  'integration.authorization_revoked',
  'member.invited',
  'member.role_changed',
  'member.removed',
  'member.second_factor_removed',
  'member.recovery_code_used',
  'sign_in_policy.saved',
  'sso.saved',
  'sso.deleted',
  'log.cleared',
  'dead_letter.cleared',
];
const sensitiveList = sensitive.map((action) => `'${action}'`).join(', ');

export const security: Answering[] = [
  {
    name: 'keyAccess',
    group: 'security',
    title: 'Who sees the API key',
    questions: ['How frequently do admins need to access API keys?'],
    columns: [text('Person'), count('Shown'), count('Copied'), time('Last')],
    bar: null,
    needs: 'It fills when somebody has the key shown or copies it.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT max(a.actor_name) AS name, count(*) FILTER (WHERE a.action = 'api_key.revealed') AS shown,
           count(*) FILTER (WHERE a.action = 'api_key.copied') AS copied, max(a.occurred_at) AS last
         FROM ${audited} AND a.action IN ('api_key.revealed', 'api_key.copied')
         GROUP BY a.actor_id ORDER BY count(*) DESC, 1 LIMIT 20`,
        span,
      ),
  },
  {
    name: 'copyMethods',
    group: 'security',
    title: 'How the API key is copied',
    questions: ['Which copy methods are most effective?'],
    columns: [text('Way'), count('Times'), count('People')],
    bar: 1,
    needs: 'It fills when somebody copies the key.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT CASE ${property('copy_method')} WHEN 'button' THEN 'Button, without showing it'
             WHEN 'button_when_shown' THEN 'Button, after showing it' ELSE 'Selected by hand' END AS way,
           count(*) AS times, count(DISTINCT e.user_id) AS people
         FROM ${tracked('api_key_copied')} GROUP BY 1 ORDER BY 2 DESC, 1`,
        span,
      ),
  },
  {
    name: 'keyRotation',
    group: 'security',
    title: 'Rotations of the API key',
    questions: ['How often are API keys rotated and what triggers regeneration?'],
    columns: [time('When'), text('By'), count('Days since the one before'), text('What came before')],
    bar: null,
    needs: 'It fills when the API key is regenerated.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT a.occurred_at AS at, a.actor_name AS by,
           floor(extract(epoch FROM a.occurred_at - p.at) / 86400)::int8 AS days,
           CASE WHEN EXISTS (SELECT FROM audit_log b WHERE b.organization_id = current_organization()
               AND b.action = 'member.removed' AND b.sequence < a.sequence
               AND b.occurred_at > a.occurred_at - interval '7 days') THEN 'Somebody left within the week before'
             WHEN EXISTS (SELECT FROM audit_log b WHERE b.organization_id = current_organization()
               AND b.action IN ('api_key.revealed', 'api_key.copied') AND b.sequence < a.sequence
               AND b.occurred_at > a.occurred_at - interval '1 day') THEN 'It was shown or copied the day before'
             WHEN a.occurred_at - p.at > interval '80 days' THEN 'It was old'
             ELSE 'Nothing that is recorded' END AS reason
         FROM audit_log a
         LEFT JOIN LATERAL (SELECT max(b.occurred_at) AS at FROM audit_log b
           WHERE b.organization_id = current_organization()
             AND b.action IN ('api_key.regenerated', 'organization.created') AND b.sequence < a.sequence) p ON true
         WHERE a.organization_id = current_organization() AND a.action = 'api_key.regenerated'
           AND a.occurred_at >= $1 AND a.occurred_at < $2
         ORDER BY 1 DESC LIMIT 20`,
        span,
      ),
    say: (rows) =>
      rows.length === 0 ? null : `Rotated ${rows.length === 1 ? 'once' : `${rows.length} times`}.`,
  },
  {
    name: 'webhookPractice',
    group: 'security',
    title: 'Webhooks and good practice',
    questions: ['Are webhook configurations following security best practices?'],
    columns: [text('Practice'), count('Webhooks'), count('Of'), percent('Share')],
    bar: 3,
    needs: 'Make a webhook.',
    find: async (tx, span) => {
      const [row = []] = await readCells(
        tx,
        `SELECT count(*) FILTER (WHERE w.url LIKE 'https://%') AS tls,
           count(*) FILTER (WHERE NOT '*' = ANY (w.events)) AS narrow,
           count(*) FILTER (WHERE greatest(w.created_at, r.at) > $2::timestamptz - interval '1 year'
             AND $1::timestamptz IS NOT NULL) AS fresh,
           count(*) FILTER (WHERE coalesce(h.consecutive_failures, 0) = 0) AS healthy, count(*) AS whole
         FROM webhooks w LEFT JOIN webhook_health h ON h.webhook_id = w.id
         LEFT JOIN (SELECT target_id, max(occurred_at) AS at FROM audit_log
           WHERE organization_id = current_organization() AND action = 'webhook.secret_regenerated'
           GROUP BY 1) r ON r.target_id = w.id::text
         WHERE w.organization_id = current_organization() AND w.deleted_at IS NULL`,
        span,
      );
      const all = Number(row[4] ?? 0);
      if (all === 0) return [];
      return [
        'Calls HTTPS',
        'Subscribes to chosen events, not to everything',
        'Signing secret is younger than a year',
        'Endpoint answers without failures',
      ].map((practice, index) => [practice, Number(row[index]), all, shareOf(Number(row[index]), all)]);
    },
  },
  {
    name: 'unusual',
    group: 'security',
    title: 'Sensitive acts, and what was unusual about them',
    questions: ['Which acts on keys, secrets and access were unusual?'],
    columns: [
      text('Who'),
      count('Sensitive acts'),
      count('From a new address'),
      count('At night or weekend (UTC)'),
    ],
    bar: 1,
    needs: 'It fills when somebody acts on keys, secrets or access.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT max(a.actor_name) AS who, count(*) AS acts,
           count(*) FILTER (WHERE a.ip IS NOT NULL AND NOT EXISTS (SELECT FROM audit_log b
             WHERE b.organization_id = current_organization() AND b.actor_id = a.actor_id AND b.ip = a.ip
               AND b.sequence < a.sequence AND b.occurred_at > a.occurred_at - interval '90 days'
               AND b.action <> 'member.signed_in')) AS fresh,
           count(*) FILTER (WHERE extract(hour FROM a.occurred_at AT TIME ZONE 'UTC') NOT BETWEEN 6 AND 19
             OR extract(isodow FROM a.occurred_at AT TIME ZONE 'UTC') > 5) AS odd
         FROM ${audited} AND a.action IN (${sensitiveList}) AND a.actor_type <> 'system'
         GROUP BY a.actor_id ORDER BY 3 DESC, 4 DESC, 2 DESC, 1 LIMIT 20`,
        span,
      ),
  },
  {
    name: 'auditGaps',
    group: 'security',
    title: 'Gaps of the audit log',
    questions: ['What audit trail gaps exist that need additional logging?'],
    columns: [text('Looked for'), count('Found')],
    bar: null,
    needs: 'It fills with the first record of the audit log.',
    find: async (tx, span) => {
      const [row = []] = await readCells(
        tx,
        `SELECT coalesce(max(a.sequence) - min(a.sequence) + 1 - count(*), 0)::int8 AS missing,
           count(*) FILTER (WHERE a.actor_type = 'user' AND a.ip IS NULL) AS no_ip,
           count(*) FILTER (WHERE a.request_id IS NULL) AS no_request, count(*) AS whole,
           (SELECT count(*) FROM ${tracked('webhook_added', 'webhook_toggled', 'api_key_viewed')}
             AND NOT EXISTS (SELECT FROM audit_log b WHERE b.organization_id = current_organization()
               AND b.occurred_at BETWEEN e.at - interval '1 minute' AND e.at + interval '1 minute'
               AND (e.event = 'webhook_added' AND b.action = 'webhook.created'
                 OR e.event = 'api_key_viewed' AND b.action = 'api_key.revealed'
                 OR e.event = 'webhook_toggled' AND b.target_id = ${property('webhook_id')}))) AS unaudited
         FROM ${audited}`,
        span,
      );
      if (!Number(row[3])) return [];
      return [
        ['Records of the audit log in this time', row[3] ?? 0],
        ['Records missing from the sequence', row[0] ?? 0],
        ['Acts of people without an address', row[1] ?? 0],
        ['Records that no request explains', row[2] ?? 0],
        ['Recorded acts without an audit record', row[4] ?? 0],
      ];
    },
    say: (rows) =>
      rows.length === 0
        ? null
        : Number(rows[1]?.[1]) + Number(rows[4]?.[1]) === 0
          ? 'The log has no gaps in this time.'
          : 'The log has gaps: see the rows.',
  },
];
