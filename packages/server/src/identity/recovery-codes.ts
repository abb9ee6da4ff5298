import { createHash } from 'node:crypto';
import type { Database } from './organizations.ts';
import type { RandomBytes } from './uuid.ts';

/** Without what looks alike: I, L, O, U and 0, 1. */
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const count = 10;
const groups = 4;
const groupLength = 4;

/** Ten codes for a person who has lost their other factors, e.g. `K7QM-2RXB-94TD-HWPN`: 78 random bits each. */
export function createRecoveryCodes(random: RandomBytes): string[] {
  return Array.from({ length: count }, () =>
    Array.from({ length: groups }, () => randomText(groupLength, random)).join('-'),
  );
}

/** Puts a new set of codes in the place of the one before. Only hashes are kept. */
export async function replaceRecoveryCodes(
  db: Database,
  userId: string,
  codes: readonly string[],
): Promise<void> {
  await db.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
  await db.query('INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])', [
    userId,
    codes.map(hashCode),
  ]);
}

/** Takes a code, which works once. False when it is none, or was used; of two that use one, one gets true. */
export async function takeRecoveryCode(
  db: Database,
  userId: string,
  code: string,
  now: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL',
    [userId, hashCode(code), new Date(now)],
  );
  return rowCount === 1;
}

/** Says whether a text that was typed has the form of a recovery code. */
export function isRecoveryCode(text: string): boolean {
  return bare(text).length === groups * groupLength;
}

function bare(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** The codes are random enough to need no salt and no slow hash. */
function hashCode(code: string): Buffer {
  return createHash('sha256').update(bare(code)).digest();
}

function randomText(length: number, random: RandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(length)) {
      // Bytes past the last whole multiple would make the first letters likelier.
      if (byte < 240 && text.length < length) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}
