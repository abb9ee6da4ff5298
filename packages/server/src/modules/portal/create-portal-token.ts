import { scopeOf } from '@trunkline/contract/api-key-scopes';
import { createPortalToken as operation, portalExchangeSeconds } from '@trunkline/contract/portal';
import { portalPermissions } from '@trunkline/contract/portal-parts';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import type { Role } from '@trunkline/contract/permissions';
import { authorize, permits } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { createToken, hashToken } from '../../lib/api-token.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { insertPortalToken, readOrigins } from './queries.ts';
import type { PortalTokenRow } from './queries.ts';
import { frameUrl, inOrder, portalName } from './rules.ts';

/**
 * Makes a token that opens the portal for one user of a product (APIS-4). It is in the answer and nowhere else afterwards.
 *
 * @throws AppError `portal_off` while no page may show the portal, `insufficient_scope` or `forbidden` for more than the
 *   caller may
 */
export const createPortalToken: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  const parts = inOrder(input.parts);
  refuseMoreThanOwn(ctx, parts, input.role);
  return inOrganization(ctx, async (tx) => {
    if ((await readOrigins(tx)).length === 0) {
      throw new AppError('portal_off', 'Allow at least one origin first, in the settings of the portal.');
    }
    const createdAt = new Date(app.clock());
    const after = (seconds: number): Date => new Date(createdAt.getTime() + seconds * 1000);
    const token = createToken(app.randomBytes, 'portal');
    const row: PortalTokenRow = {
      id: app.newId(),
      subject: input.subject ?? null,
      parts,
      role: input.role,
      createdBy: actor.type === 'anonymous' ? 'nobody signed in' : actor.name,
      createdAt,
      exchangeBy: after(portalExchangeSeconds),
      expiresAt: after(input.expiresInSeconds),
      exchangedAt: null,
      origin: null,
      revokedAt: null,
      revokedBy: null,
    };
    await insertPortalToken(tx, row, hashToken(token));
    await recordAudit(ctx, tx, {
      action: 'portal_token.created',
      target: { type: 'portal_token', id: row.id, name: portalName(row.subject) },
      changes: {
        token: secretChanged,
        parts: { before: null, after: parts },
        role: { before: null, after: row.role },
        expiresAt: { before: null, after: row.expiresAt },
      },
    });
    tx.announce('portal');
    return {
      id: row.id,
      subject: row.subject,
      parts,
      role: row.role,
      token,
      url: frameUrl(app.config.publicUrl, tx.organizationId),
      exchangeBy: row.exchangeBy.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    };
  });
};

/** Nobody hands on what they do not have: a key that leaks opens no more by way of a portal. */
function refuseMoreThanOwn(ctx: Ctx, parts: readonly PortalPart[], role: Role): void {
  const missing = portalPermissions(parts, role).find((permission) => !permits(ctx, permission));
  if (missing === undefined) return;
  if (ctx.actor.type !== 'api_key') throw new AppError('forbidden', `Your role does not include ${missing}.`);
  throw new AppError(
    'insufficient_scope',
    `A token with these parts and this role includes ${missing}; the key needs the scope "${scopeOf[missing]}" to hand it on.`,
  );
}
