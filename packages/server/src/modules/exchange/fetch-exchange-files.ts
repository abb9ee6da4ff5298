import { fetchExchangeFiles as operation, maxExchangeFileBytes } from '@trunkline/contract/exchange';
import type { ExchangeFile } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { ConnectionFault } from '../../connections/connection-fault.ts';
import { hostOf } from '../../connections/log-check.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { RemoteFile, SftpSession } from '../../lib/sftp/sftp-session.ts';
import type { Verb } from '../../verb.ts';
import { knownFiles } from './queries.ts';
import { usableConnection, withPartner } from './reach-partner.ts';
import { mostFetched, mostFetchedBytes } from './rules.ts';
import { takeIncoming } from './take-incoming.ts';

interface Fetched {
  name: string;
  content: Buffer;
  remoteKey: string;
}

/**
 * Looks into the partner's folder and takes what is new. Acknowledgements change the state of the files that they
 * answer. Nothing is deleted there.
 *
 * @throws AppError `not_found`, `conflict`, `integration_disabled`, `integration_not_connected`, `connection_failed`
 */
export const fetchExchangeFiles: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const { connection, known } = await inOrganization(ctx, async (tx) => ({
    connection: await usableConnection(app, tx, integrationId),
    known: await knownFiles(tx, integrationId),
  }));
  if (connection.auth.type !== 'sftp') {
    throw new AppError('conflict', 'A person carries the files of this integration: upload what came.');
  }
  const found = await withPartner(app, connection, async (session, { inbox }) => {
    const entries = (await session.list(inbox)).filter((one) => isNew(one, known));
    const fitting = entries.filter(({ bytes }) => bytes > 0 && bytes <= maxExchangeFileBytes);
    const taken = firstOf(fitting);
    return {
      files: await fetchAll(session, inbox, taken),
      skipped: entries.length - fitting.length,
      more: fitting.length > taken.length,
    };
  }).catch((error: unknown) => {
    if (!(error instanceof ConnectionFault)) throw error;
    app.logs.write({
      organizationId: connection.organizationId,
      integrationId,
      source: 'inbound',
      level: 'error',
      event: 'file.not_fetched',
      message: `The partner’s folder could not be read: ${error.problem.title}.`,
      details: { host: hostOf(connection), error: { code: error.problem.fault, message: error.message } },
    });
    throw new AppError('connection_failed', `${error.message} ${error.problem.fix}`, { cause: error });
  });
  const data: ExchangeFile[] = [];
  for (const file of found.files) {
    // One transaction a file: what cannot be taken keeps nothing else from being taken.
    const stored = await inOrganization(ctx, (tx) => takeIncoming(ctx, tx, { integrationId, ...file }));
    if (stored !== null) data.push(stored);
  }
  return { data, skipped: found.skipped, more: found.more };
};

/** As many as fit into one call; they are all held in memory. */
function firstOf(entries: readonly RemoteFile[]): RemoteFile[] {
  let bytes = 0;
  return entries.slice(0, mostFetched).filter((entry) => (bytes += entry.bytes) <= mostFetchedBytes);
}

async function fetchAll(
  session: SftpSession,
  folder: string,
  entries: readonly RemoteFile[],
): Promise<Fetched[]> {
  const files: Fetched[] = [];
  for (const entry of entries) {
    const content = await session.download(folder, entry.name, maxExchangeFileBytes);
    files.push({ name: shownName(entry.name), content, remoteKey: keyOf(entry) });
  }
  return files;
}

function isNew(
  entry: RemoteFile,
  { sent, fetched }: { sent: ReadonlySet<string>; fetched: ReadonlySet<string> },
): boolean {
  // The folders for both directions may be one; files that are still being written begin with a dot.
  return (
    entry.kind === 'file' &&
    !entry.name.startsWith('.') &&
    !sent.has(entry.name) &&
    !fetched.has(keyOf(entry))
  );
}

function keyOf({ name, bytes, modifiedAt }: RemoteFile): string {
  return JSON.stringify([name, bytes, modifiedAt.getTime()]);
}

/** The partner's name as it can be shown and stored. */
function shownName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cs}]/gu, '').slice(0, 200) || 'file';
}
