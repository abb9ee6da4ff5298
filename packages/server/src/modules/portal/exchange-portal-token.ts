import { exchangePortalToken as operation } from '@trunkline/contract/portal';
import { authorize } from '../../authorize.ts';
import type { Actor } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { createToken, hashToken, isWellFormedToken } from '../../lib/api-token.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { beginSession, endPortalToken, lockPortalToken, readOrigins } from './queries.ts';
import { portalActor, portalName } from './rules.ts';

const copied = 'it was used before';

/**
 * Exchanges a token for the session of a frame (APIS-4), once. One that comes again was copied on its way: nobody can tell
 * whose session is the right one, so that it ends, and the product asks for another token.
 *
 * @throws AppError `portal_token_refused`, `portal_origin_refused`
 */
export const exchangePortalToken: Verb<typeof operation> = async (ctx, { token, organizationId, origin }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const id = isWellFormedToken(token, 'portal') ? await findToken(app.pool, token, organizationId) : null;
  if (id === null) throw refused('nobody made it here');
  const outcome = await tenantTransaction(app.pool, organizationId, async (tx) => {
    const now = new Date(app.clock());
    const row = await lockPortalToken(tx, id);
    if (row === null) return refused('nobody made it here');
    if (row.revokedAt !== null) return refused('it was revoked');
    const target = { type: 'portal_token', id, name: portalName(row.subject) };
    if (row.exchangedAt !== null) {
      if (row.expiresAt <= now) return refused('it has expired');
      await endPortalToken(tx, id, now, 'Trunkline');
      const actor: Actor = { type: 'system', name: 'Trunkline' };
      await recordAudit({ ...ctx, actor }, tx, {
        action: 'portal_token.reused',
        target,
        changes: { origin: { before: row.origin, after: origin } },
      });
      tx.announce('portal');
      return refused(copied);
    }
    if (row.exchangeBy <= now) return refused('it was not used in time');
    if (!(await readOrigins(tx)).includes(origin)) {
      return new AppError('portal_origin_refused', `${origin} is not among the origins that are allowed.`);
    }
    const session = createToken(app.randomBytes, 'session');
    await beginSession(tx, id, { sessionHash: hashToken(session), at: now, origin });
    await recordAudit({ ...ctx, actor: portalActor(row) }, tx, {
      action: 'portal_token.exchanged',
      target,
      changes: { origin: { before: null, after: origin } },
    });
    tx.announce('portal');
    const secondsLeft = Math.floor((row.expiresAt.getTime() - now.getTime()) / 1000);
    return { session, expiresAt: row.expiresAt.toISOString(), secondsLeft, parts: row.parts };
  });
  // Thrown outside, so that what was recorded stays.
  if (outcome instanceof AppError) throw outcome;
  return outcome;
};

/** Null for a token of another organization, too: the frame's address says whose page may be around it. */
async function findToken(
  pool: { query: (sql: string, values: unknown[]) => Promise<{ rows: { id: string }[] }> },
  token: string,
  organizationId: string,
): Promise<string | null> {
  const { rows } = await pool.query(
    'SELECT id FROM portal_tokens WHERE token_hash = $1 AND organization_id = $2',
    [hashToken(token), organizationId],
  );
  return rows[0]?.id ?? null;
}

function refused(why: string): AppError {
  return new AppError('portal_token_refused', `The token does not work: ${why}. Ask for a new one.`);
}
