import { createIntegration as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { checkConnection } from '../../connections/check.ts';
import { nextCheckAt } from '../../connections/check-schedule.ts';
import { connectionTypeOf } from '../../connections/connection-type.ts';
import { splitValues } from '../../connections/credentials.ts';
import { requireVisible } from '../../connections/require-visible.ts';
import { recordFinding } from '../../connections/state.ts';
import { continueStatusHistory } from '../../connections/status-history.ts';
import { triedTokenSource } from '../../connections/token-source.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { trackAttempt } from '../insights/track-attempt.ts';
import { chosenWay } from './chosen-way.ts';
import { logChange, whoOf } from './log-change.ts';
import { personOf } from './person.ts';
import { readIntegration } from './queries.ts';
import { requireWorking } from './require-working.ts';
import { accountFields, needsConsent, requireGoodSettings, requireGoodValues } from './rules.ts';
import { storeCredentials } from './store-credentials.ts';
import { tell } from './tell.ts';
import { typedConnection } from './typed-connection.ts';

/**
 * Connects a provider. Credentials are tested before anything is saved, unless that is skipped; a provider that asks a
 * person for consent begins as `pending`.
 *
 * @throws AppError `not_found`, `invalid_input`, `connection_failed`
 */
export const createIntegration: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const { way, organizationId } = await inOrganization(ctx, async (tx) => ({
    way: await chosenWay(tx, input.provider, input.authType),
    organizationId: tx.organizationId,
  }));
  const { provider, auth } = way;
  const fields = accountFields(auth);
  requireGoodValues(fields, input.values, true);
  requireGoodSettings(provider.settings, input.settings ?? {});
  const set = splitValues(fields, input.values);
  const connection = typedConnection(ctx, organizationId, way, set);
  const settings = { ...connection.settings, ...input.settings };
  const consent = needsConsent(auth);
  const tried = { ...connection, settings };
  const token = triedTokenSource(app, tried, null);
  const report =
    consent || input.check === 'skip' ? null : await checkConnection(app, tried, token ? { token } : {});
  if (report !== null) {
    if (report.problem !== null) {
      await inOrganization(ctx, (tx) => trackAttempt(ctx, tx, provider.slug, false));
    }
    requireWorking(report);
  }
  const id = app.newId();
  const name = input.name ?? provider.name;
  return inOrganization(ctx, async (tx) => {
    // Once more, as the provider may have been hidden or deleted while its credentials were tested.
    await requireVisible(tx, provider.slug);
    const now = new Date(app.clock());
    const person = personOf(ctx);
    const limits = { perHour: null, perDay: null, onLimit: 'queue' as const, ...input.limits };
    await tx.query(
      `INSERT INTO integrations (id, organization_id, provider, name, auth_type, settings, limit_per_hour, limit_per_day,
         on_limit, connected_at, connected_by_id, connected_by_name, created_at, updated_at)
       VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)`,
      [
        id,
        provider.slug,
        name,
        connectionTypeOf(auth),
        JSON.stringify(input.settings ?? {}),
        limits.perHour,
        limits.perDay,
        limits.onLimit,
        consent ? null : now,
        consent ? null : person.id,
        consent ? null : person.name,
        now,
      ],
    );
    await tx.query(
      `INSERT INTO integration_health (integration_id, organization_id, since, check_due_at)
       VALUES ($1, current_organization(), $2, $3)`,
      [id, now, consent ? 'infinity' : report === null ? now : nextCheckAt(app)],
    );
    await continueStatusHistory(tx, id, now);
    await storeCredentials(ctx, tx, id, 'current', set);
    if (report !== null) await recordFinding(app, tx, id, { ...report, report });
    await recordAudit(ctx, tx, {
      action: 'integration.created',
      target: { type: 'integration', id, name },
      changes: {
        provider: { before: null, after: provider.slug },
        ...Object.fromEntries(
          Object.entries(set.plain).map(([key, after]) => [key, { before: null, after }]),
        ),
        ...Object.fromEntries(Object.keys(set.secrets).map((key) => [key, secretChanged])),
      },
    });
    tx.announce('integrations', [id]);
    const begun = consent ? 'Begun' : 'Connected';
    logChange(ctx, tx, id, 'info', 'integration.created', `${begun} by ${whoOf(ctx)}.`);
    // Consent is still to be given.
    if (!consent) await trackAttempt(ctx, tx, provider.slug, true);
    if (report !== null) {
      await tell(app, tx, { integrationId: id, name, provider }, 'integration.connected', {
        account: report.account,
        connectedBy: person.name,
        connectedAt: now.toISOString(),
      });
    }
    return readIntegration(app, tx, id);
  });
};
