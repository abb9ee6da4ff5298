import { createHash } from 'node:crypto';
import type { CapabilityInput } from '@trunkline/contract/capabilities';
import type { App, Tx } from '../../ctx.ts';
import type { OneTrip } from '../../db/one-trip.ts';
import type { SecretPlace } from '../../lib/secret-box.ts';
import type { Route } from '../failover/route.ts';
import { keyHash } from './key-hash.ts';

/*
 * Files that a backup took (FAILOVER-4). They are read where they lie until they are copied back. A newer file and a copy of
 * an older one are never on their way at the same time: who stores one waits for the copy, and nothing is copied while one
 * may be on its way.
 */

/** Where a file lies that a backup took. */
export interface DisplacedFile {
  primaryId: string;
  holderId: string;
  /** It is not at the primary yet. */
  away: boolean;
}

/** The files under a key that are not where they belong, or were until a moment ago. */
export async function displacedUnder(tx: OneTrip, key: string): Promise<DisplacedFile[]> {
  return tx.query<DisplacedFile>(
    `SELECT primary_id AS "primaryId", holder_id AS "holderId", stage = 'copy' AS away FROM displaced_files
     WHERE organization_id = current_organization() AND key_hash = $1`,
    [keyHash(key)],
    'displaced_under',
  );
}

/**
 * Who is asked for a file: the backup that holds it, and nobody in its place, as others have an older one at best; every
 * store of the chain where it turns out not to be there.
 */
export function routeToFile(route: Route, files: readonly DisplacedFile[]): Route {
  const file = files.find(({ away, primaryId }) => away && primaryId === route.primaryId);
  if (file === undefined || !route.chain.includes(file.holderId)) return route;
  const { holderId } = file;
  return {
    ...route,
    order: [holderId],
    chain: [holderId, ...route.chain.filter((id) => id !== holderId)],
  };
}

/** Announces that a file of this key is about to be stored, for so long. False: an older one is being copied just now. */
export async function announcePut(tx: Tx, key: string, seconds: number): Promise<boolean> {
  const rows = await tx.query<{ held: boolean }>(
    `UPDATE displaced_files SET put_until = greatest(put_until, now() + make_interval(secs => $2))
     WHERE organization_id = current_organization() AND key_hash = $1 RETURNING held_until > now() AS held`,
    [keyHash(key), seconds],
  );
  return rows.every(({ held }) => !held);
}

/** A file that was just stored by an action that has succeeded. */
export interface StoredFile {
  actionId: string;
  /** Of the chain that was asked. */
  primaryId: string;
  /** Who has it. */
  integrationId: string;
  input: CapabilityInput<'storage.put'>;
}

/**
 * Remembers a file that a backup took, and forgets an older one of its key when the primary has a newer one. What lies at
 * this store for others under the same key is this file now, too.
 */
export async function noteStored(
  app: Pick<App, 'clock' | 'newId' | 'secretBox'>,
  tx: OneTrip,
  { actionId, primaryId, integrationId, input }: StoredFile,
): Promise<void> {
  const body = Buffer.from(input.content, 'base64');
  const digest = createHash('sha256').update(body).digest();
  const hash = keyHash(input.key);
  const succeeded = `EXISTS (SELECT FROM actions WHERE organization_id = current_organization() AND id = $1
    AND state = 'succeeded')`;
  const changes: Promise<unknown>[] = [
    tx.query(
      `UPDATE displaced_files SET bytes = $4, digest = $5, content_type = $6, fence = fence + 1
       WHERE organization_id = current_organization() AND key_hash = $2 AND holder_id = $3 AND stage = 'copy'
         AND primary_id <> $7 AND ${succeeded}`,
      [actionId, hash, integrationId, body.length, digest, input.contentType, primaryId],
      'note_stored_for_others',
    ),
  ];
  if (integrationId === primaryId) {
    changes.push(
      tx.query(
        `UPDATE displaced_files SET stage = 'remove', tries = 0, problem = NULL, due_at = now(), fence = fence + 1
         WHERE organization_id = current_organization() AND key_hash = $2 AND primary_id = $3 AND ${succeeded}`,
        [actionId, hash, primaryId],
        'note_stored_at_primary',
      ),
    );
  } else {
    const id = app.newId();
    const box = app.secretBox.seal(input.key, displacedPlace(tx.organizationId, id));
    changes.push(
      tx.query(
        `INSERT INTO displaced_files (id, organization_id, primary_id, holder_id, key_hash, key_box, content_type, bytes,
           digest, stage, due_at, created_at)
         SELECT $2, b.organization_id, b.integration_id, b.backup_id, $5, $6, $7, $8, $9, 'copy', now(), $10
         FROM failover_backups b WHERE b.organization_id = current_organization() AND b.integration_id = $3
           AND b.backup_id = $4 AND ${succeeded} FOR KEY SHARE
         ON CONFLICT (organization_id, key_hash, primary_id) DO UPDATE SET holder_id = excluded.holder_id,
           content_type = excluded.content_type, bytes = excluded.bytes, digest = excluded.digest, stage = 'copy',
           tries = 0, problem = NULL, due_at = now(), fence = displaced_files.fence + 1`,
        [
          actionId,
          id,
          primaryId,
          integrationId,
          hash,
          box,
          input.contentType,
          body.length,
          digest,
          new Date(app.clock()),
        ],
        'note_displaced',
      ),
    );
  }
  await Promise.all(changes);
}

/** Where the key of such a file is sealed. */
export function displacedPlace(organizationId: string, id: string): SecretPlace {
  return { organizationId, table: 'displaced_files', row: id, column: 'key_box' };
}
