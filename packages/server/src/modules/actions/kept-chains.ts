import { routeOf } from '../failover/route.ts';
import type { RouteRow } from '../failover/route.ts';

/*
 * Files that are kept until a store takes them belong to the chain that was asked, whichever of its integrations the caller
 * named, or none.
 */

/** An integration that a caller names; null: the primary. */
export type Wanted = string | null;

/** A file that is kept. */
export interface KeptRow {
  id: string;
  wantedId: Wanted;
}

const chainOf = (rows: readonly RouteRow[], wanted: Wanted): readonly string[] =>
  routeOf(rows, wanted)?.chain ?? [];

const isWithin = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.length > 0 && inner.every((id) => outer.includes(id));

const allWanted = (rows: readonly RouteRow[]): Wanted[] => [null, ...rows.map(({ id }) => id)];

/**
 * The newest of these files, newest first, that a reader sees: it was kept for the same, or for stores that all are stores of
 * the reader's, so that the reader would find it after it was copied, too.
 */
export function keptFor(rows: readonly RouteRow[], reader: Wanted, kept: readonly KeptRow[]): KeptRow | null {
  const own = chainOf(rows, reader);
  const seen = ({ wantedId }: KeptRow) => wantedId === reader || isWithin(chainOf(rows, wantedId), own);
  return kept.find(seen) ?? null;
}

/** Whose readers all see a file that is kept for `wanted`: an older one that is kept for these is replaced by it. */
export function replacedByKept(rows: readonly RouteRow[], wanted: Wanted): Wanted[] {
  const own = chainOf(rows, wanted);
  return allWanted(rows).filter((other) => isWithin(own, chainOf(rows, other)));
}

/** Whose kept files could be copied over one that a store has now, or hide it: older ones are replaced by it. */
export function replacedByStored(rows: readonly RouteRow[], integrationId: string): Wanted[] {
  return allWanted(rows).filter((other) => chainOf(rows, other).includes(integrationId));
}
