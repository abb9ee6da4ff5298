import type { AuditAction } from '@trunkline/contract/audit';
import type pg from 'pg';
import type { Actor, Ctx } from '../../ctx.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { AuditEntry } from '../audit/record-audit.ts';

export type Person = Extract<Actor, { type: 'user' }>;

/** The signed-in person of a call. @throws AppError `forbidden` */
export function personOf(ctx: Ctx): Person {
  if (ctx.actor.type !== 'user') throw new AppError('forbidden', 'Only a signed-in person may do this.');
  return ctx.actor;
}

/** Whose sessions the caller may see and end. */
export function sessionOwner({ id, boundTo }: Person): { userId: string; boundTo: string | null } {
  return { userId: id, boundTo: boundTo ?? null };
}

/**
 * The signed-in person, who may change their account. What an organization's identity provider says counts in that
 * organization only, and an account belongs to its person: whoever came through one may not.
 *
 * @throws AppError `forbidden`
 */
export function ownerOf(ctx: Ctx): Person {
  const person = personOf(ctx);
  if (person.boundTo != null) {
    throw new AppError(
      'forbidden',
      'You signed in through your organization. Sign in with your password or passkey to change your account.',
    );
  }
  return person;
}

/** What the organization that the person works in is told of a change of their account. */
export interface AccountChange {
  action: AuditAction;
  changes?: NonNullable<AuditEntry['changes']>;
}

/**
 * Changes a person's account. Accounts are of no organization, so the change is written as the owner of the tables;
 * the audit log of the organization that the person works in, if any, has it in the same transaction.
 *
 * @param work gives what is recorded beside its result, or null for nothing
 */
export async function accountTransaction<T>(
  ctx: Ctx,
  work: (db: pg.PoolClient) => Promise<{ result: T; change: AccountChange | null }>,
): Promise<T> {
  const { id, name } = personOf(ctx);
  return ownerTransaction(ctx.app.pool, async (db, enter) => {
    const { result, change } = await work(db);
    if (change !== null && ctx.organizationId !== null) {
      const tx = await enter(ctx.organizationId);
      await recordAudit(ctx, tx, { ...change, target: { type: 'member', id, name } });
      tx.announce('members');
    }
    return result;
  });
}
