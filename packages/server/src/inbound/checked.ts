import type { InboundScheme } from '../providers/provider.ts';
import type { InboundRequest, RefusalReason, VerifyWith } from './types.ts';

/** The result of looking at a signature. */
export type Checked =
  | {
      ok: true;
      /** The key that fitted. */
      key: string;
      /** Absent: found by the rules for all; null: a digest of the body decides. */
      replayKey?: string | null;
    }
  | { ok: false; reason: RefusalReason };

/** Verifies what one scheme signs. `how.keys` holds no empty key. */
export type Verifier = (
  scheme: InboundScheme,
  request: InboundRequest,
  how: VerifyWith,
) => Checked | Promise<Checked>;

export const refuse = (reason: RefusalReason): Checked => ({ ok: false, reason });

/** The verdict when each key was tried: the one that fitted, else a refusal. */
export function checkedBy(
  keys: readonly string[],
  fits: (key: string) => boolean,
  replayKey?: string | null,
): Checked {
  if (keys.length === 0) return refuse('no_key');
  // Every key is tried, so that the time does not tell which one fits.
  const fitting = keys.filter(fits);
  const [key] = fitting;
  if (key === undefined) return refuse('wrong_signature');
  return replayKey === undefined ? { ok: true, key } : { ok: true, key, replayKey };
}
