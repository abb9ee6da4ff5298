import type { App } from '../../ctx.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { notFound } from '../../errors.ts';
import { systemContext } from '../../system-context.ts';
import { recordAudit } from '../audit/record-audit.ts';

/** What was taken away from a person. */
export interface ResetFactors {
  name: string;
  authenticatorApp: boolean;
  passkeys: number;
  recoveryCodes: number;
  sessions: number;
  /** The organizations whose audit log tells of it. */
  organizations: number;
}

/**
 * Takes all second factors and sessions from somebody who has lost their device, so that the password alone lets them in
 * again. For the operator of the installation, who has made sure who asks. In the audit log of every organization of the
 * person, in one transaction with the change.
 *
 * @throws AppError `not_found` when nobody has this address
 */
export async function resetSecondFactors(app: App, email: string): Promise<ResetFactors> {
  return ownerTransaction(app.pool, async (db, enter) => {
    const people = await db.query<{ id: string; name: string }>(
      'SELECT id, name FROM users WHERE email = lower($1) FOR UPDATE',
      [email.trim()],
    );
    const [person] = people.rows;
    if (!person) throw notFound('person');
    const remove = async (sql: string) => (await db.query(sql, [person.id])).rowCount ?? 0;
    const authenticatorApp = (await remove('DELETE FROM totp_factors WHERE user_id = $1')) > 0;
    const passkeys = await remove('DELETE FROM passkeys WHERE user_id = $1');
    const recoveryCodes = await remove('DELETE FROM recovery_codes WHERE user_id = $1');
    const sessions = await remove('DELETE FROM sessions WHERE user_id = $1');
    await remove('DELETE FROM sign_in_steps WHERE user_id = $1');
    const memberships = await db.query<{ id: string }>(
      'SELECT organization_id AS id FROM members WHERE user_id = $1 ORDER BY organization_id',
      [person.id],
    );
    for (const { id } of memberships.rows) {
      const tx = await enter(id);
      const ctx = systemContext(app, id);
      await recordAudit({ ...ctx, actor: { type: 'system', name: 'Operator' } }, tx, {
        action: 'member.second_factors_reset',
        target: { type: 'member', id: person.id, name: person.name },
        changes: {
          authenticatorApp: { before: authenticatorApp, after: false },
          passkeys: { before: passkeys, after: 0 },
          recoveryCodes: { before: recoveryCodes, after: 0 },
          sessions: { before: sessions, after: 0 },
        },
      });
      tx.announce('members');
    }
    const organizations = memberships.rows.length;
    return { name: person.name, authenticatorApp, passkeys, recoveryCodes, sessions, organizations };
  });
}
