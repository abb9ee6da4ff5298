import type { AuditCheckpoint } from '@trunkline/contract/audit';
import type { App, Tx } from '../../ctx.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Signer } from '../../lib/signer.ts';

/** A place of a chain: `head` is its end, rewritten with every record; the others are kept. */
export interface Place {
  kind: 'head' | 'checkpoint' | 'cut';
  organizationId: string;
  sequence: number;
  hash: Buffer;
  /** When it was signed, in ISO 8601; null for a head. */
  at: string | null;
}

export interface Signature {
  keyId: string | null;
  signature: Buffer | null;
}

export type Checkpoint = Place & { kind: 'checkpoint' | 'cut'; at: string; keyId: string; signature: Buffer };

/** A checkpoint is written with the first record and with every one whose number this divides, beside those of every day. */
export const checkpointEvery = 100;

/** What is signed: canonical JSON of the place, so that others can check it without this program. */
function textOf({ kind, organizationId, sequence, hash, at }: Place): string {
  return canonicalJson({
    about: 'trunkline audit log',
    kind,
    organizationId,
    sequence,
    hash: hash.toString('hex'),
    at,
  });
}

export function signPlace(signer: Signer, place: Place): { keyId: string; signature: Buffer } {
  return { keyId: signer.keyId, signature: signer.sign(textOf(place)) };
}

export function isSignedPlace(signer: Signer, { keyId, signature, ...place }: Place & Signature): boolean {
  return signer.isSigned(textOf(place), { keyId, signature });
}

/** Signs a place of the organization's chain and keeps it; one that is kept already stays as it is. */
export async function storeCheckpoint(
  app: App,
  tx: Tx,
  place: { kind: 'checkpoint' | 'cut'; sequence: number; hash: Buffer },
): Promise<Checkpoint> {
  const at = new Date(app.clock()).toISOString();
  const whole = { ...place, organizationId: tx.organizationId, at };
  const signed = signPlace(app.signer, whole);
  await tx.query(
    `INSERT INTO audit_checkpoints (organization_id, sequence, kind, hash, at, key_id, signature)
     VALUES (current_organization(), $1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [place.sequence, place.kind, place.hash, at, signed.keyId, signed.signature],
  );
  return { ...whole, ...signed };
}

/** The kept places of the organization's chain in order, from one number to another (null: to the last). */
export async function readCheckpoints(tx: Tx, from: number, to: number | null): Promise<Checkpoint[]> {
  const rows = await tx.query<Omit<Checkpoint, 'at'> & { at: Date }>(
    `SELECT kind, organization_id AS "organizationId", sequence, hash, at, key_id AS "keyId", signature
     FROM audit_checkpoints WHERE organization_id = current_organization()
       AND sequence >= $1 AND ($2::bigint IS NULL OR sequence <= $2) ORDER BY sequence, kind`,
    [from, to],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** The newest place of a kind, or of any, no newer than the record `upTo` where that is given. */
export async function lastCheckpoint(
  tx: Tx,
  kind: Checkpoint['kind'] | null,
  upTo: number | null = null,
): Promise<Checkpoint | null> {
  const [row] = await tx.query<Omit<Checkpoint, 'at'> & { at: Date }>(
    `SELECT kind, organization_id AS "organizationId", sequence, hash, at, key_id AS "keyId", signature
     FROM audit_checkpoints WHERE organization_id = current_organization() AND ($1::text IS NULL OR kind = $1)
       AND ($2::bigint IS NULL OR sequence <= $2)
     ORDER BY sequence DESC LIMIT 1`,
    [kind, upTo],
  );
  return row === undefined ? null : { ...row, at: row.at.toISOString() };
}

/** A checkpoint as it leaves the server. */
export function presentCheckpoint(checkpoint: Checkpoint): AuditCheckpoint {
  return {
    kind: checkpoint.kind,
    organizationId: checkpoint.organizationId,
    sequence: checkpoint.sequence,
    hash: checkpoint.hash.toString('hex'),
    at: checkpoint.at,
    keyId: checkpoint.keyId,
    signature: checkpoint.signature.toString('base64'),
  };
}

/** A checkpoint that was kept elsewhere, as it was read; its signature says whether it is one. */
export function checkpointFrom({ hash, signature, ...rest }: AuditCheckpoint): Checkpoint {
  return { ...rest, hash: Buffer.from(hash, 'hex'), signature: Buffer.from(signature, 'base64') };
}
