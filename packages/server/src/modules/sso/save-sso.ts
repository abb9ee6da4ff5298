import { saveSso as operation } from '@trunkline/contract/sso';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Ctx } from '../../ctx.ts';
import { AppError, fieldError } from '../../errors.ts';
import { hasSecondFactor } from '../../identity/sessions.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit, secretChanged } from '../audit/record-audit.ts';
import { saveDomains } from './domains.ts';
import { discover, ProviderProblem } from './identity-provider.ts';
import { presentConnection, readConnection, ssoSecretPlace } from './queries.ts';

/**
 * Sets the organization's identity provider, once it has answered. What it says about people counts in this
 * organization only, and another issuer knows nobody yet.
 *
 * @throws AppError `connection_failed` at `/issuer`; `invalid_input` without a secret; `conflict` when nobody could sign in
 * without the provider
 */
export const saveSso: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  await discoverIssuer(ctx, input.issuer);
  if (input.required) await requireWayIn(ctx);
  return inOrganization(ctx, async (tx) => {
    const before = await readConnection(tx);
    const { app } = ctx;
    const place = ssoSecretPlace(tx.organizationId);
    // A secret is for the provider that it was entered for, never for another.
    const kept = before?.issuer === input.issuer ? before.box : undefined;
    const box = input.clientSecret === undefined ? kept : app.secretBox.seal(input.clientSecret, place);
    if (box === undefined) throw fieldError('invalid_input', '/clientSecret', 'Enter the client secret.');
    await tx.query(
      `INSERT INTO sso_connections (organization_id, issuer, client_id, secret_box, default_role, required,
         created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
       ON CONFLICT (organization_id) DO UPDATE SET issuer = $2, client_id = $3, secret_box = $4, default_role = $5,
         required = $6, updated_at = $7`,
      [
        tx.organizationId,
        input.issuer,
        input.clientId,
        box,
        input.defaultRole,
        input.required,
        new Date(app.clock()),
      ],
    );
    await saveDomains(tx, input.domains, app);
    const saved = presentConnection((await readConnection(tx))!);
    await recordAudit(ctx, tx, {
      action: 'sso.saved',
      target: { type: 'organization', id: tx.organizationId, name: null },
      changes: {
        ...changesBetween(before ? presentConnection(before) : {}, saved),
        ...(input.clientSecret === undefined ? {} : { clientSecret: secretChanged }),
      },
    });
    tx.announce('members');
    return saved;
  });
};

async function discoverIssuer({ app }: Ctx, issuer: string): Promise<void> {
  try {
    await discover(app, issuer);
  } catch (error) {
    if (error instanceof ProviderProblem) throw fieldError('connection_failed', '/issuer', error.message);
    throw error;
  }
}

/** When the provider is required and fails, system administrators with a second factor still get in. */
async function requireWayIn({ app, actor }: Ctx): Promise<void> {
  if (actor.type === 'user' && !(await hasSecondFactor(app.pool, actor.id))) {
    throw new AppError(
      'conflict',
      'Set up a second factor in your account first: with it you get in when the identity provider fails.',
    );
  }
}
