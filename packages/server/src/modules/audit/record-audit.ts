import type { AuditAction } from '@trunkline/contract/audit';
import type { Ctx, Tx } from '../../ctx.ts';
import { chainHash } from '../../lib/hash-chain.ts';
import { checkpointEvery, isSignedPlace, signPlace, storeCheckpoint } from './signed-places.ts';

export interface AuditEntry {
  action: AuditAction;
  target: { type: string; id: string | null; name: string | null };
  /** Changed fields only; a secret is written as `secretChanged`, never with its value. */
  changes?: Record<string, { before: unknown; after: unknown }>;
}

/** Stands for a secret's new value in the changes of an audit record. */
export const secretChanged = { before: null, after: '«changed»' };

/** The fields that the hash covers, in the form in which the verifier reads them back. */
export interface AuditFields {
  organizationId: string;
  sequence: number;
  id: string;
  occurredAt: string;
  action: string;
  actorType: string;
  actorId: string | null;
  actorName: string;
  targetType: string;
  targetId: string | null;
  targetName: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  changes: unknown;
}

/**
 * Appends one record to the organization's hash chain, in the transaction of the change that it tells of.
 * The row lock on the chain's head puts concurrent writers of one organization in order. The new head is signed if the
 * one before was: after what somebody wrote past this product, no signature fits any more.
 */
export async function recordAudit(ctx: Ctx, tx: Tx, entry: AuditEntry): Promise<void> {
  const [head] = await tx.query<{
    sequence: number;
    hash: Buffer;
    keyId: string | null;
    signature: Buffer | null;
  }>(
    `INSERT INTO audit_heads AS head (organization_id, sequence, hash) VALUES ($1, 0, '')
     ON CONFLICT (organization_id) DO UPDATE SET sequence = head.sequence
     RETURNING sequence, hash, key_id AS "keyId", signature`,
    [tx.organizationId],
  );
  if (!head) throw new Error('the audit chain has no head');
  const previous = head.sequence;
  const { actor, request, app } = ctx;
  const fields: AuditFields = {
    organizationId: tx.organizationId,
    sequence: previous + 1,
    id: app.newId(),
    occurredAt: new Date(app.clock()).toISOString(),
    action: entry.action,
    actorType: actor.type === 'anonymous' ? 'system' : actor.type,
    actorId: 'id' in actor ? actor.id : null,
    actorName: actor.type === 'anonymous' ? 'nobody signed in' : actor.name,
    targetType: entry.target.type,
    targetId: entry.target.id,
    targetName: entry.target.name,
    ip: request.ip,
    userAgent: request.userAgent?.slice(0, 300) ?? null,
    requestId: request.id,
    // Through JSON, so that the hash sees exactly what the database will give back.
    changes: JSON.parse(JSON.stringify(entry.changes ?? {})) as unknown,
  };
  const hash = chainHash(previous === 0 ? null : head.hash, fields);
  await tx.query(
    `INSERT INTO audit_log (organization_id, sequence, id, occurred_at, action, actor_type, actor_id, actor_name,
       target_type, target_id, target_name, ip, user_agent, request_id, changes, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      fields.organizationId,
      fields.sequence,
      fields.id,
      fields.occurredAt,
      fields.action,
      fields.actorType,
      fields.actorId,
      fields.actorName,
      fields.targetType,
      fields.targetId,
      fields.targetName,
      fields.ip,
      fields.userAgent,
      fields.requestId,
      JSON.stringify(fields.changes),
      hash,
    ],
  );
  if (head.keyId !== null && !app.signer.knows(head.keyId)) {
    throw new Error(
      `the audit log is signed with key ${head.keyId}, whose master key this process does not have`,
    );
  }
  const { organizationId, sequence } = fields;
  const isGenuine =
    previous === 0
      ? entry.action === 'organization.created'
      : entry.action === 'audit.signing_started' ||
        isSignedPlace(app.signer, { kind: 'head', organizationId, ...head, at: null });
  const signed = isGenuine
    ? signPlace(app.signer, { kind: 'head', organizationId, sequence, hash, at: null })
    : head;
  await tx.query(
    'UPDATE audit_heads SET sequence = $2, hash = $3, key_id = $4, signature = $5 WHERE organization_id = $1',
    [organizationId, sequence, hash, signed.keyId, signed.signature],
  );
  if (isGenuine && (sequence === 1 || sequence % checkpointEvery === 0)) {
    await storeCheckpoint(app, tx, { kind: 'checkpoint', sequence, hash });
  }
  tx.announce('audit');
}

/** The fields of two states that differ, in the form of an audit record's changes. */
export function changesBetween<T extends object>(
  before: T,
  after: T,
): Record<string, { before: unknown; after: unknown }> {
  const changes: Record<string, { before: unknown; after: unknown }> = {};
  for (const key of Object.keys(after) as (keyof T & string)[]) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) {
      changes[key] = { before: before[key] ?? null, after: after[key] ?? null };
    }
  }
  return changes;
}
