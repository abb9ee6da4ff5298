import { createHash } from 'node:crypto';
import type { CapabilityInput, CapabilityName, CapabilityOutput } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { Connection } from '../../connections/connection.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { adaptConnection } from '../../connections/adapting.ts';
import { AppError } from '../../errors.ts';
import { overLimit } from './advance.ts';
import { attempt } from './attempt.ts';
import { displacedPlace } from './displaced-files.ts';
import { noteAttempt } from './note-attempt.ts';
import { noteHealth } from './note-health.ts';
import { leaseSeconds, longestTurnMs, nextTrySeconds } from './rules.ts';

/** A file that a backup took, in the hands of this process. */
export interface HeldFile {
  id: string;
  organizationId: string;
  primaryId: string;
  holderId: string;
  keyBox: Buffer;
  contentType: string;
  bytes: number;
  digest: Buffer;
  stage: 'copy' | 'remove';
  tries: number;
  fence: number;
}

/** Tries after which a file is given up that its backup does not have, or not as it was stored. */
const mostTries = 10;

/**
 * Takes up to `limit` files whose primary works and has its calls back, each from nobody or from a process that has ended.
 * None of which a newer one may be on its way.
 */
export async function claimDisplaced(app: Pick<App, 'config' | 'pool'>, limit: number): Promise<HeldFile[]> {
  const { rows } = await app.pool.query<HeldFile>(
    `WITH due AS MATERIALIZED (
       SELECT d.id FROM failover_configs c
       JOIN integrations p ON p.id = c.integration_id AND p.enabled AND p.connected_at IS NOT NULL AND p.deleted_at IS NULL
       JOIN integration_health h ON h.integration_id = p.id AND h.problem IS NULL
       CROSS JOIN LATERAL (
         SELECT f.id FROM displaced_files f
         WHERE f.primary_id = c.integration_id AND f.due_at <= now() AND f.held_until <= now()
           AND (f.put_until <= now() OR f.stage = 'remove')
         ORDER BY f.due_at LIMIT $1 FOR UPDATE SKIP LOCKED) d
       WHERE c.active_id IS NULL LIMIT $1)
     UPDATE displaced_files f SET fence = f.fence + 1, held_until = now() + make_interval(secs => $2),
       due_at = now() + make_interval(secs => $2)
     FROM due WHERE f.id = due.id
     RETURNING f.id, f.organization_id AS "organizationId", f.primary_id AS "primaryId", f.holder_id AS "holderId",
       f.key_box AS "keyBox", f.content_type AS "contentType", f.bytes, f.digest, f.stage, f.tries, f.fence::int AS fence`,
    [limit, leaseSeconds(app)],
  );
  return rows;
}

/**
 * Copies a file from the backup that took it to the primary, reads it there again, and takes it away from a backup on our own
 * disk. Every step may be repeated: a process that ends in the middle leaves a file that both have and that is read at the
 * backup, until another process goes on.
 */
export async function copyBack(app: App, file: HeldFile): Promise<void> {
  const stores = await openStores(app, file);
  if (stores === null) return;
  const { primary, holder } = stores;
  const key = app.secretBox.open(file.keyBox, displacedPlace(file.organizationId, file.id));
  if (file.stage === 'copy') {
    const failure = await copy(app, file, key, primary, holder);
    if (failure !== null) {
      await putOff(app, file, primary, failure);
      return;
    }
    if (!(await hold(app, file, 'remove'))) return;
  }
  if (holder.provider.removeCopied) {
    const { io } = await adaptConnection(app, holder, { key: keyOfTries(file), input: { key } });
    await holder.provider.removeCopied(key, file.digest, io);
  }
  await forget(app, file);
  if (file.stage === 'copy') tellCopied(app, file, primary, holder);
  app.live.publish({ organizationId: file.organizationId, topic: 'failover', ids: [file.primaryId] });
}

/** Why a file was not copied; `final`: it will not be different later. */
interface Failure {
  problem: CheckProblem;
  final: boolean;
  retryAfterMs: number | null;
}

async function copy(
  app: App,
  file: HeldFile,
  key: string,
  primary: Connection,
  holder: Connection,
): Promise<Failure | null> {
  const there = await read(app, file, key, holder);
  if ('problem' in there) return there;
  if (there.content === null) {
    // Perhaps a process ended after it was copied and taken away.
    const copied = await read(app, file, key, primary);
    if ('problem' in copied) return copied;
    return isSame(copied.content, file) ? null : lost(absent, file);
  }
  if (!isSame(there.content, file)) return lost(changed, file);
  // From here on nobody else copies it for as long as sending it may take.
  if (!(await hold(app, file, 'copy'))) return { problem: replaced, final: false, retryAfterMs: null };
  const content = there.content.toString('base64');
  const input: CapabilityInput<'storage.put'> = { key, content, contentType: file.contentType };
  const put = await askStore(app, file, primary, 'storage.put', input);
  if ('problem' in put) return put;
  const copied = await read(app, file, key, primary);
  if ('problem' in copied) return copied;
  return isSame(copied.content, file) ? null : lost(notSame, file);
}

const lost = (problem: CheckProblem, { tries }: HeldFile): Failure => ({
  problem,
  final: tries + 1 >= mostTries,
  retryAfterMs: null,
});

function isSame(content: Buffer | null, { bytes, digest }: HeldFile): boolean {
  return (
    content !== null &&
    content.length === bytes &&
    createHash('sha256').update(content).digest().equals(digest)
  );
}

async function read(
  app: App,
  file: HeldFile,
  key: string,
  store: Connection,
): Promise<{ content: Buffer | null } | Failure> {
  const read = await askStore(app, file, store, 'storage.get', { key });
  if ('problem' in read) return read;
  const result = read.result as CapabilityOutput<'storage.get'> | undefined;
  return { content: result?.content == null ? null : Buffer.from(result.content, 'base64') };
}

/** Asks a store once, within its limits. What fails says something of the store, as in any other call. */
async function askStore(
  app: App,
  file: HeldFile,
  store: Connection,
  capability: CapabilityName,
  input: unknown,
): Promise<{ result: unknown } | Failure> {
  const admission = await app.calls.take(store, longestTurnMs);
  if (!admission.admitted) {
    const problem = overLimit(store, admission);
    return { problem, final: false, retryAfterMs: admission.retryAfterMs };
  }
  const beganAt = app.clock();
  const made = await attempt(app, store, { capability, input, key: keyOfTries(file) });
  noteAttempt(app, store, { actionId: null, capability, number: file.tries + 1 }, made);
  const { outcome, problem, result, retryAfterMs } = made;
  if (outcome === 'succeeded' || problem === null) return { result };
  if (problem.fault !== 'badInput') {
    await tenantTransaction(app.pool, file.organizationId, (tx) =>
      noteHealth(app, tx, store, problem, beganAt),
    );
  }
  return { problem, final: false, retryAfterMs };
}

/** What a store knows a repetition by. */
const keyOfTries = ({ id }: HeldFile): string => id.replaceAll('-', '');

/** Both stores, opened. Null: one of them is gone, and so is what was to be done, or cannot be opened just now. */
async function openStores(
  app: App,
  file: HeldFile,
): Promise<{ primary: Connection; holder: Connection } | null> {
  try {
    return await tenantTransaction(app.pool, file.organizationId, async (tx) => ({
      primary: await loadConnection(app, tx, file.primaryId),
      holder: await loadConnection(app, tx, file.holderId),
    }));
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') await forget(app, file);
    else if (error instanceof RangeError) {
      await putOff(app, file, null, {
        problem: { ...unreadable, cause: error.message },
        final: false,
        retryAfterMs: null,
      });
    } else throw error;
    return null;
  }
}

/** Holds the file for longer, in this stage. False: it is in other hands, or a newer one has come. */
async function hold(app: App, { id, fence }: HeldFile, stage: HeldFile['stage']): Promise<boolean> {
  const { rowCount } = await app.pool.query(
    `UPDATE displaced_files SET stage = $3, problem = CASE WHEN $3 = 'copy' THEN problem END,
       held_until = now() + make_interval(secs => $4), due_at = now() + make_interval(secs => $4)
     WHERE id = $1 AND fence = $2 AND held_until > now()`,
    [id, fence, stage, leaseSeconds(app)],
  );
  return rowCount === 1;
}

async function forget(app: Pick<App, 'pool'>, { id, fence }: HeldFile): Promise<void> {
  await app.pool.query('DELETE FROM displaced_files WHERE id = $1 AND fence = $2', [id, fence]);
}

/** Lets go of a file until its next try, and says why. */
async function putOff(
  app: App,
  file: HeldFile,
  primary: Connection | null,
  { problem, final, retryAfterMs }: Failure,
): Promise<void> {
  const { id, organizationId, primaryId, fence, tries, bytes } = file;
  const seconds = Math.max(nextTrySeconds(tries, app.random), (retryAfterMs ?? 0) / 1000);
  const { rowCount } = await app.pool.query(
    `UPDATE displaced_files SET tries = tries + 1, problem = $3, held_until = '-infinity',
       due_at = CASE WHEN $4 THEN 'infinity' ELSE now() + make_interval(secs => $5) END
     WHERE id = $1 AND fence = $2`,
    [id, fence, JSON.stringify(problem), final, seconds],
  );
  if (rowCount !== 1) return;
  app.live.publish({ organizationId, topic: 'failover', ids: [primaryId] });
  const where = primary === null ? '' : ` to ${primary.name}`;
  app.logs.write({
    organizationId,
    integrationId: primaryId,
    source: 'action',
    level: final ? 'error' : 'warn',
    event: 'file.not_copied_back',
    message: final
      ? `A file is not copied back${where}, and stays at the backup: ${problem.title}.`
      : `A file could not be copied back${where} yet: ${problem.title}.`,
    details: { bytes, tries: tries + 1, error: { code: problem.fault, message: problem.title } },
  });
}

function tellCopied(
  app: App,
  { organizationId, primaryId, bytes, tries }: HeldFile,
  primary: Connection,
  holder: Connection,
): void {
  const removed = holder.provider.removeCopied !== undefined;
  app.logs.write({
    organizationId,
    integrationId: primaryId,
    source: 'action',
    level: 'info',
    event: 'file.copied_back',
    message: `A file was copied back from ${holder.name} to ${primary.name}${removed ? ', and removed there' : ''}.`,
    details: { bytes, tries: tries + 1, backup: holder.name, removed },
  });
}

const toStore = 'Store the file again, or look at the backup for what has become of it.';

const absent: CheckProblem = {
  fault: 'config',
  title: 'The backup does not have the file',
  cause: 'It has taken the file, and answers now that it has none under this key.',
  fix: toStore,
  link: null,
};

const changed: CheckProblem = {
  fault: 'config',
  title: 'The file was changed at the backup',
  cause: 'What the backup has under this key is not what was stored.',
  fix: toStore,
  link: null,
};

const notSame: CheckProblem = {
  fault: 'config',
  title: 'The copy is not the same',
  cause: 'The primary has taken the file, and gives another one back.',
  fix: 'Look whether something else writes to this store under the same key.',
  link: null,
};

const replaced: CheckProblem = {
  fault: 'badInput',
  title: 'A newer file has come',
  cause: 'A newer file was stored under the same key.',
  fix: 'Nothing has to be done.',
  link: null,
};

const unreadable: CheckProblem = {
  fault: 'config',
  title: 'A value cannot be read',
  cause: '',
  fix: 'Enter the value itself, or have the variable released.',
  link: null,
};
