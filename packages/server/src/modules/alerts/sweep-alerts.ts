import type { AlertRuleKey } from '@trunkline/contract/alert-rules';
import { alertRuleDefaults } from '@trunkline/contract/alert-rules';
import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { escalateAlert } from './change-alert.ts';
import { evaluate, providersBySlug } from './evaluate.ts';
import { findDifferences } from './facts.ts';
import { queueNotices } from './notices.ts';
import { alertColumns } from './queries.ts';
import type { AlertRow } from './queries.ts';
import { readSettings } from './settings.ts';

const dayMs = 86_400_000;
/** How long what is over is kept. */
const keptMs = 90 * dayMs;
/** Subjects of one transaction. */
const batch = 100;

/**
 * One round over all organizations: brings alerts in line with what is so, escalates, tells again of what was snoozed, and
 * removes what is old. What events have told already it finds done; what they missed it makes good. Call it on one node
 * at a time; an organization that fails keeps no other from its turn. `between` is awaited between the looks at two rules:
 * all of them at once are a third of a second of the database's time, for which deliveries would wait.
 */
export async function sweepAlerts(
  app: App,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const byOrganization = new Map<string, Map<AlertRuleKey, string[]>>();
  for (const { organizationId, rule, subjectId } of await findDifferences(app, app.clock(), between)) {
    const rules = byOrganization.get(organizationId) ?? new Map<AlertRuleKey, string[]>();
    byOrganization.set(organizationId, rules);
    rules.set(rule, [...(rules.get(rule) ?? []), subjectId]);
  }
  for (const [organizationId, rules] of byOrganization) {
    for (const [rule, subjectIds] of rules) {
      for (let start = 0; start < subjectIds.length; start += batch) {
        const part = subjectIds.slice(start, start + batch);
        await attempt(app, organizationId, async (tx) => {
          const round = { settings: await readSettings(tx), providers: await providersBySlug(tx) };
          await evaluate(app, tx, round, rule, part);
        });
      }
    }
  }
  await escalate(app);
  await remind(app);
  await removeOld(app);
}

async function attempt(app: App, organizationId: string, work: (tx: Tx) => Promise<void>): Promise<void> {
  try {
    await tenantTransaction(app.pool, organizationId, work);
  } catch (error) {
    app.log.warn({ err: error, organizationId }, 'alerts could not be brought up to date');
  }
}

/** Integrations that have not worked for as long as their organization says. */
async function escalate(app: App): Promise<void> {
  const minutes = alertRuleDefaults.integration_down.threshold?.value ?? 0;
  const { rows } = await app.pool.query<{ organizationId: string; ids: string[] }>(
    `SELECT a.organization_id AS "organizationId", array_agg(a.id) AS ids FROM alerts a
     LEFT JOIN alert_rules r ON r.organization_id = a.organization_id AND r.rule = 'integration_down'
     WHERE a.rule = 'integration_failing' AND a.state <> 'resolved' AND a.escalated_at IS NULL
       AND coalesce(r.enabled, true)
       AND a.started_at <= $1::timestamptz - coalesce(r.threshold, $2) * interval '1 minute'
     GROUP BY 1`,
    [new Date(app.clock()), minutes],
  );
  for (const { organizationId, ids } of rows) {
    await attempt(app, organizationId, async (tx) => {
      const settings = await readSettings(tx);
      const alerts = await tx.query<AlertRow>(
        `SELECT ${alertColumns} FROM alerts a WHERE a.organization_id = current_organization() AND a.id = ANY ($1)
           AND a.state <> 'resolved' AND a.escalated_at IS NULL ORDER BY a.id FOR UPDATE`,
        [ids],
      );
      for (const alert of alerts) await escalateAlert(app, tx, settings, alert);
    });
  }
}

/** Whose snooze is over and who is still open is told of once more. */
async function remind(app: App): Promise<void> {
  const now = new Date(app.clock());
  const { rows } = await app.pool.query<{ organizationId: string }>(
    `SELECT DISTINCT organization_id AS "organizationId" FROM alerts WHERE state = 'open' AND snoozed_until <= $1`,
    [now],
  );
  for (const { organizationId } of rows) {
    await attempt(app, organizationId, async (tx) => {
      const settings = await readSettings(tx);
      const alerts = await tx.query<AlertRow>(
        `UPDATE alerts a SET snoozed_until = NULL
         WHERE a.organization_id = current_organization() AND a.state = 'open' AND a.snoozed_until <= $1
         RETURNING ${alertColumns}`,
        [now],
      );
      for (const alert of alerts) await queueNotices(app, tx, settings, alert, 'reminder');
      tx.announce(
        'alerts',
        alerts.slice(0, 50).map(({ id }) => id),
      );
    });
  }
}

async function removeOld(app: App): Promise<void> {
  const before = new Date(app.clock() - keptMs);
  await app.pool.query('DELETE FROM alerts WHERE resolved_at < $1', [before]);
  await app.pool.query(`DELETE FROM alert_notifications WHERE state <> 'waiting' AND created_at < $1`, [
    before,
  ]);
  await app.pool.query('DELETE FROM alert_snoozes WHERE until < $1', [new Date(app.clock())]);
}
