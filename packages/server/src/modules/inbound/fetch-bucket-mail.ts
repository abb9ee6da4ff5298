import { createHash } from 'node:crypto';
import type { CapabilityOutput } from '@trunkline/contract/capabilities';
import type { Connection } from '../../connections/connection.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { MailPlace } from '../../inbound/types.ts';
import { overLimit } from '../actions/advance.ts';
import { attempt } from '../actions/attempt.ts';
import { noteAttempt } from '../actions/note-attempt.ts';

/** Connections of buckets that are looked at. */
const mostStores = 50;
/** How long a limit of the connection may make it wait, ms; after that the webhook is read again later. */
const longestWaitMs = 5_000;

/**
 * The mail that a service has put into a bucket, fetched by the connection of Amazon S3 whose bucket it is, within its limits
 * and as one more call of it. Null: the organization has connected no such bucket.
 *
 * @throws Error with a sentence for people when the bucket does not give it; it may do so later
 */
export async function fetchBucketMail(
  app: App,
  organizationId: string,
  { bucket, key }: MailPlace,
): Promise<Buffer | null> {
  const store = await tenantTransaction(app.pool, organizationId, (tx) => storeOf(app, tx, bucket));
  if (store === null) return null;
  const admission = await app.calls.take(store, longestWaitMs);
  if (!admission.admitted) throw failed(store, overLimit(store, admission).title);
  const made = await attempt(app, store, {
    capability: 'storage.get',
    input: { key },
    key: createHash('sha256').update(`${bucket}\n${key}`).digest('hex').slice(0, 32),
  });
  noteAttempt(app, store, { actionId: null, capability: 'storage.get', number: 1 }, made);
  const { problem } = made;
  if (problem !== null) throw failed(store, `${problem.title}. ${problem.fix}`);
  const result = made.result as CapabilityOutput<'storage.get'>;
  if (result.content === null) throw failed(store, 'The file does not exist.');
  return Buffer.from(result.content, 'base64');
}

function failed({ name }: Connection, why: string): Error {
  return new Error(`The mail lies in a bucket, and ${name} did not give it: ${why}`);
}

/** The connection whose bucket it is; what cannot be opened just now is passed over. */
async function storeOf(app: App, tx: Tx, bucket: string): Promise<Connection | null> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM integrations
     WHERE organization_id = current_organization() AND provider = 'aws-s3' AND enabled AND connected_at IS NOT NULL
       AND deleted_at IS NULL ORDER BY id LIMIT ${mostStores}`,
  );
  for (const { id } of rows) {
    try {
      const connection = await loadConnection(app, tx, id);
      if (connection.values['bucket'] === bucket) return connection;
    } catch (error) {
      if (!(error instanceof AppError || error instanceof RangeError)) throw error;
    }
  }
  return null;
}
