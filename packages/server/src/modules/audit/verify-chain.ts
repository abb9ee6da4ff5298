import type { verifyAudit } from '@trunkline/contract/audit';
import type { OutputOf } from '@trunkline/contract/operation';
import type { Tx } from '../../ctx.ts';
import type { Signer } from '../../lib/signer.ts';
import { readChain, readChainEnd } from './queries.ts';
import { chainStart, compareCheckpoint, compareEnd, followChain } from './rules.ts';
import type { ChainBreak, ChainPlace } from './rules.ts';
import { isSignedPlace, lastCheckpoint, readCheckpoints } from './signed-places.ts';
import type { Checkpoint } from './signed-places.ts';

const pageSize = 500;

export type ChainReport = OutputOf<typeof verifyAudit>;

/** A part of a chain. */
export interface ChainPart {
  /** Where to begin; its hash has to be known as good. Unless given, or when retention cut it off: the start. */
  from?: ChainPlace;
  /** Records to follow; unless given, all there are. */
  most?: number;
  /** Checkpoints of this organization that were kept elsewhere, which the chain must go through, too. */
  kept?: readonly Checkpoint[];
}

/** What became of a part: `place` is how far it fits, `isEnd` whether that is the end of the chain. */
export interface FollowedPart {
  report: ChainReport;
  place: ChainPlace;
  isEnd: boolean;
}

/**
 * Follows an organization's chain from its start, or from where retention cut it, to its end, and says where it breaks
 * first: a record that was changed, removed, moved or added, an end that was cut off, or records that this installation
 * never signed, even if their hashes fit. Records written meanwhile are left out.
 *
 * @param kept checkpoints of this organization that were kept elsewhere, which the chain must go through, too
 */
export async function verifyChain(
  signer: Signer,
  tx: Tx,
  kept: readonly Checkpoint[] = [],
): Promise<ChainReport> {
  return (await verifyPart(signer, tx, { kept })).report;
}

/** Follows a part of a chain as {@link verifyChain} does; its end is looked at when the part reaches it. */
export async function verifyPart(
  signer: Signer,
  tx: Tx,
  { from, most, kept = [] }: ChainPart,
): Promise<FollowedPart> {
  // Nothing is cut off meanwhile.
  await tx.query('SELECT pg_advisory_xact_lock_shared(audit_cut_lock(current_organization()))');
  const cut = await lastCheckpoint(tx, 'cut');
  const beginning: ChainPlace = cut ? { sequence: cut.sequence, hash: cut.hash } : chainStart;
  const start = from && from.sequence > beginning.sequence ? from : beginning;
  const last = most === undefined ? null : start.sequence + most;
  // Before the end, so that a checkpoint written meanwhile is not taken for one past it.
  const stored = await readCheckpoints(tx, start.sequence, last);
  const end = await readChainEnd(tx);
  const until = Math.min(end.head, last ?? end.head);
  const places = [...stored, ...kept.filter(({ sequence }) => sequence >= start.sequence)].sort(
    (a, b) => a.sequence - b.sequence,
  );
  let place = start;
  let signedSince: number | null = null;
  let next = 0;
  const report = (broken: ChainBreak | null, isEnd: boolean): FollowedPart => ({
    report: {
      ok: broken === null,
      checked: place.sequence - start.sequence,
      brokenAt: broken?.brokenAt ?? null,
      reason: broken?.reason ?? null,
      removed: beginning.sequence,
      signedSince,
      checkpoints: next,
    },
    place,
    isEnd,
  });
  /** Compares the places up to where the chain has been followed; the hash of each record that it names is known. */
  const comparePlaces = (hashes: ReadonlyMap<number, Buffer>): ChainBreak | null => {
    for (let one = places[next]; one !== undefined && one.sequence <= place.sequence; one = places[next]) {
      const broken = compareCheckpoint(one, hashes.get(one.sequence), isSignedPlace(signer, one));
      if (broken) return broken;
      next += 1;
    }
    return null;
  };
  const atStart = comparePlaces(new Map(start.hash ? [[start.sequence, start.hash]] : []));
  if (atStart) return report(atStart, false);
  while (place.sequence < until) {
    const page = await readChain(tx, place.sequence, Math.min(pageSize, until - place.sequence));
    if (page.length === 0) break;
    const isBeginning = place.sequence === 0;
    const followed = followChain(place, page);
    place = followed.place;
    const broken =
      comparePlaces(new Map(page.map(({ sequence, hash }) => [sequence, hash]))) ?? followed.broken;
    if (broken) return report(broken, false);
    if (isBeginning && page[0]?.action !== 'organization.created') {
      const reason = 'The log does not begin with the creation of the organization: what was before is gone.';
      return report({ brokenAt: 1, reason }, false);
    }
    signedSince = page.findLast(({ action }) => action === 'audit.signing_started')?.sequence ?? signedSince;
  }
  if (place.sequence === last && last < end.head) return report(null, false);
  const isSigned =
    end.hash !== null &&
    isSignedPlace(signer, {
      kind: 'head',
      organizationId: tx.organizationId,
      sequence: end.head,
      hash: end.hash,
      at: null,
      keyId: end.keyId,
      signature: end.signature,
    });
  return report(compareEnd(place, end, { isSigned, beyond: places[next], last: places[next - 1] }), true);
}
