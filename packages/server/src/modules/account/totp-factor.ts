import type { App } from '../../ctx.ts';
import type { Database } from '../../identity/organizations.ts';
import { matchTotp } from '../../identity/totp.ts';
import type { SecretPlace } from '../../lib/secret-box.ts';

/** Where the secret of a person's authenticator app is sealed. A person is of no organization but their own. */
export function totpPlace(userId: string, column: 'secret_box' | 'pending_box'): SecretPlace {
  return { organizationId: userId, table: 'totp_factors', row: userId, column };
}

type TotpApp = Pick<App, 'clock' | 'secretBox'>;

/**
 * Takes a code of the person's authenticator app, which counts once: of two calls with the same code one gets true.
 * False for a wrong code, a used one, and somebody without an app.
 */
export async function takeTotpCode(
  app: TotpApp,
  db: Database,
  userId: string,
  code: string,
): Promise<boolean> {
  const { rows } = await db.query<{ box: Buffer; lastStep: string }>(
    `SELECT secret_box AS box, last_step::text AS "lastStep" FROM totp_factors
     WHERE user_id = $1 AND confirmed_at IS NOT NULL`,
    [userId],
  );
  if (!rows[0]) return false;
  const secret = app.secretBox.open(rows[0].box, totpPlace(userId, 'secret_box'));
  const step = matchTotp(secret, code, app.clock(), Number(rows[0].lastStep));
  if (step === null) return false;
  const { rowCount } = await db.query(
    'UPDATE totp_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2',
    [userId, step],
  );
  return rowCount === 1;
}
