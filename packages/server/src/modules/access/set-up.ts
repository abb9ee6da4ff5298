import { setUp as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { createOrganizationIn } from './create-organization.ts';
import { enterWithPassword } from './enter-with-password.ts';
import { ownerTransaction } from '../../db/transaction.ts';

/** The same on all nodes, and used for nothing else. */
const setUpLock = 7_240_120;

/**
 * The first visit: creates the first organization, its system administrator and its API key, and signs in
 * (ACC-1). Works until anybody exists; of two simultaneous calls one succeeds.
 */
export const setUp: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  // Without this look ahead, anybody could make us wait for the lock at any time.
  if (await app.identity.hasAnyUser()) throw completed();
  const { email, name, password } = input;
  await ownerTransaction(app.pool, async (db, enter) => {
    await db.query('SELECT pg_advisory_xact_lock($1)', [setUpLock]);
    const { rows } = await db.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM users) AS found');
    if (rows[0]?.found) throw completed();
    const organization = { name: input.organizationName, administrator: { email, name, password } };
    await createOrganizationIn(app, db, enter, organization, ctx.request);
  });
  return enterWithPassword(ctx, { email, password });
};

function completed(): AppError {
  return new AppError('setup_completed', 'Sign in, or ask an administrator to invite you.');
}
