import { acceptInvitation as operation } from '@trunkline/contract/access';
import type pg from 'pg';
import { authorize } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import { AppError, fieldError, notFound } from '../../errors.ts';
import { addMember } from '../../identity/organizations.ts';
import { SecondFactorRequired } from '../../identity/errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { throughIdentity } from './identity-errors.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { markAccepted } from './mark-accepted.ts';
import { findOffer } from './queries.ts';
import { hashInvitationToken } from './rules.ts';
import { signInOrStep } from './enter-with-password.ts';
import { askForSecondFactor } from './second-step.ts';
import { personView } from './session-view.ts';

type Entry = Awaited<ReturnType<Ctx['app']['identity']['signIn']>>;

/**
 * Joins by an invitation link, which works once (ACC-1). Somebody with an account proves that it is theirs by
 * its password, with the lock-out of sign-in; otherwise the account is made. Then they are signed in.
 */
export const acceptInvitation: Verb<typeof operation> = async (ctx, { token, name, password }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const tokenHash = hashInvitationToken(token);
  const offer = await findOffer(app.pool, tokenHash, new Date(app.clock()));
  if (!offer) throw notFound('invitation');
  const { email, organizationId } = offer;
  const signIn = (): Promise<Entry | SecondFactorRequired> => signInOrStep(ctx, { email, password });

  let entry: Entry;
  if (offer.hasAccount) {
    const begun = await signIn();
    if (begun instanceof SecondFactorRequired) {
      // The password proves whose the account is; without the second factor nobody gets in.
      await join(ctx, tokenHash, { userId: begun.userId });
      return askForSecondFactor(ctx, begun.userId);
    }
    entry = begun;
    try {
      await join(ctx, tokenHash, { userId: entry.session.userId });
    } catch (error) {
      await endSession(ctx, entry);
      throw error;
    }
  } else {
    if (name === undefined) throw fieldError('invalid_input', '/name', 'A new account needs a name.');
    await join(ctx, tokenHash, { email, name, password });
    const begun = await signIn();
    if (begun instanceof SecondFactorRequired) return askForSecondFactor(ctx, begun.userId);
    entry = begun;
  }
  const { sessionId, userId } = entry.session;
  await throughIdentity(app.identity.setActiveOrganization(sessionId, userId, organizationId));
  ctx.cookies.push(...entry.setCookie);
  const cookie = (entry.setCookie[0] ?? '').split(';')[0] ?? '';
  const session = await app.identity.authenticate(new Headers({ cookie }));
  const view = await personView(app, { userId, organizationId, missing: session?.missing ?? null });
  return { ...view, secondFactor: null };
};

type Joiner = { userId: string } | { email: string; name: string; password: string };

/** Uses up the invitation and makes the member, in one transaction; of two that use it, one waits and is refused. */
async function join(ctx: Ctx, tokenHash: Buffer, joiner: Joiner): Promise<void> {
  const { app } = ctx;
  const now = new Date(app.clock());
  await ownerTransaction(app.pool, async (db, enter) => {
    const offer = await findOffer(db, tokenHash, now, true);
    if (!offer) throw notFound('invitation');
    const { organizationId, role, email } = offer;
    const userId =
      'userId' in joiner
        ? joiner.userId
        : ((await givePassword(ctx, db, joiner)) ??
          (await throughIdentity(app.identity.createUser(joiner, db))).userId);
    await throughIdentity(addMember(db, { id: app.newId(), organizationId, userId, role }));
    await markAccepted(db, offer.id, now);
    const { rows } = await db.query<{ name: string }>('SELECT name FROM users WHERE id = $1', [userId]);
    const name = rows[0]?.name ?? email;
    const tx = await enter(organizationId);
    // The session, if there is one, plays no part in an audit record.
    const actor: Ctx['actor'] = { type: 'user', id: userId, name, role, sessionId: '', freshAt: 0 };
    await recordAudit({ ...ctx, actor, organizationId }, tx, {
      action: 'member.joined',
      target: { type: 'member', id: userId, name },
      changes: { email: { before: null, after: email }, role: { before: null, after: role } },
    });
    tx.announce('members');
  });
}

/**
 * Gives a password to somebody who came through an identity provider only; null when there is nobody by that address.
 * The one who invites has seen the link. So it opens no account that is of use in another organization.
 *
 * @throws AppError `conflict`
 */
async function givePassword(
  { app }: Ctx,
  db: pg.PoolClient,
  { email, password }: { email: string; password: string },
): Promise<string | null> {
  const { rows } = await db.query<{ id: string; hasOther: boolean }>(
    `SELECT u.id, EXISTS (SELECT FROM members m WHERE m.user_id = u.id)
       OR EXISTS (SELECT FROM accounts a WHERE a.user_id = u.id) AS "hasOther"
     FROM users u WHERE u.email = $1 FOR UPDATE`,
    [email],
  );
  if (!rows[0]) return null;
  if (rows[0].hasOther) {
    throw new AppError('conflict', 'This address signs in through the identity provider of an organization.');
  }
  await throughIdentity(app.identity.setPassword({ userId: rows[0].id, password }, db));
  return rows[0].id;
}

/** Ends a session whose cookie nobody was given. */
async function endSession(ctx: Ctx, entry: Entry): Promise<void> {
  const cookie = (entry.setCookie[0] ?? '').split(';')[0] ?? '';
  await ctx.app.identity.signOut(new Headers({ cookie }));
}
