import type { Ctx } from '../../ctx.ts';
import type { Database } from '../../identity/organizations.ts';
import { isRecoveryCode, takeRecoveryCode } from '../../identity/recovery-codes.ts';
import type { Factor } from './factors.ts';
import { takePasskey } from './passkeys.ts';
import type { PasskeyAnswer } from './passkeys.ts';
import { takeTotpCode } from './totp-factor.ts';

export type FactorProof = { code: string } | { passkey: PasskeyAnswer };

/** Which of a person's second factors a proof is of; null when it proves nothing. It is used up by that. */
export async function takeProof(
  ctx: Ctx,
  db: Database,
  userId: string,
  proof: FactorProof,
  challenge: string,
): Promise<Factor | null> {
  const { app } = ctx;
  if ('passkey' in proof) {
    const owner = await takePasskey(ctx, db, proof.passkey, challenge);
    return owner?.userId === userId ? 'passkey' : null;
  }
  if (isRecoveryCode(proof.code)) {
    return (await takeRecoveryCode(db, userId, proof.code, app.clock())) ? 'recovery_code' : null;
  }
  return (await takeTotpCode(app, db, userId, proof.code)) ? 'totp' : null;
}
