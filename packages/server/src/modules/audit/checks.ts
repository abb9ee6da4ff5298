import type { AuditCheck } from '@trunkline/contract/audit';
import type { z } from 'zod';
import type { Tx } from '../../ctx.ts';
import type { ChainPlace } from './rules.ts';

/** What the product has found by following the chain itself (`check-chain.ts`). */
export interface Check {
  checkedAt: Date;
  /** The last record up to which new ones were followed. */
  tip: number;
  /** How far the whole chain is followed since `walkBeganAt`. */
  walk: ChainPlace;
  walkBeganAt: Date;
  /** When the whole chain was last followed to its end. */
  wholeAt: Date | null;
  failingSince: Date | null;
  brokenAt: number | null;
  reason: string | null;
}

/** The last check of the organization's chain; null before the first. */
export async function readCheck(tx: Tx): Promise<Check | null> {
  const [row] = await tx.query<Omit<Check, 'walk'> & { walkSequence: number; walkHash: Buffer | null }>(
    `SELECT checked_at AS "checkedAt", tip_sequence AS tip, walk_sequence AS "walkSequence", walk_hash AS "walkHash",
       walk_began_at AS "walkBeganAt", whole_at AS "wholeAt", failing_since AS "failingSince", broken_at AS "brokenAt",
       reason
     FROM audit_checks WHERE organization_id = current_organization()`,
  );
  if (row === undefined) return null;
  const { walkSequence, walkHash, ...rest } = row;
  return { ...rest, walk: { sequence: walkSequence, hash: walkHash } };
}

export async function storeCheck(tx: Tx, check: Check): Promise<void> {
  await tx.query(
    `INSERT INTO audit_checks (organization_id, checked_at, tip_sequence, walk_sequence, walk_hash, walk_began_at,
       whole_at, failing_since, broken_at, reason)
     VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (organization_id) DO UPDATE SET checked_at = $1, tip_sequence = $2, walk_sequence = $3, walk_hash = $4,
       walk_began_at = $5, whole_at = $6, failing_since = $7, broken_at = $8, reason = $9`,
    [
      check.checkedAt,
      check.tip,
      check.walk.sequence,
      check.walk.hash,
      check.walkBeganAt,
      check.wholeAt,
      check.failingSince,
      check.brokenAt,
      check.reason,
    ],
  );
}

/** A check as people read it. */
export function presentCheck(check: Check): z.input<typeof AuditCheck> {
  return {
    at: check.checkedAt.toISOString(),
    ok: check.failingSince === null,
    through: check.tip,
    wholeAt: check.wholeAt?.toISOString() ?? null,
    failingSince: check.failingSince?.toISOString() ?? null,
    brokenAt: check.brokenAt,
    reason: check.reason,
  };
}
