import { sendExchangeFile as operation } from '@trunkline/contract/exchange';
import type { ExchangeFile } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { ConnectionFault } from '../../connections/connection-fault.ts';
import type { Connection } from '../../connections/connection.ts';
import { hostOf } from '../../connections/log-check.ts';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { SftpSession } from '../../lib/sftp/sftp-session.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readContent, readFile } from './queries.ts';
import { usableConnection, withPartner } from './reach-partner.ts';
import { sendingMs } from './rules.ts';

/**
 * Brings a file to the partner by SFTP; where a person carries files, notes that it was brought. One node at a time
 * sends a file, and one that is at the partner already with the same content counts as sent: an answer may have been
 * lost before.
 *
 * @throws AppError `not_found`, `conflict`, `integration_disabled`, `integration_not_connected`, `connection_failed`
 */
export const sendExchangeFile: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const claimed = await inOrganization(ctx, (tx) => claim(ctx, tx, id));
  if (!claimed) return inOrganization(ctx, (tx) => readFile(tx, id));
  const { connection, file, content } = claimed;
  try {
    await withPartner(app, connection, (session, { outbox }) => put(session, outbox, file.name, content));
  } catch (error) {
    const words = error instanceof ConnectionFault ? error.message : 'Something went wrong on our side.';
    await inOrganization(ctx, async (tx) => {
      await tx.query(
        `UPDATE exchange_files SET error = $2, sending_until = NULL
         WHERE organization_id = current_organization() AND id = $1`,
        [id, words],
      );
      tx.announce('exchange', [file.integrationId]);
    });
    app.logs.write({
      organizationId: connection.organizationId,
      integrationId: file.integrationId,
      source: 'action',
      level: 'error',
      event: 'file.not_sent',
      message: `${file.name} could not be sent.`,
      details: { host: hostOf(connection), error: { message: words } },
    });
    if (!(error instanceof ConnectionFault)) throw error;
    throw new AppError('connection_failed', `${error.message} ${error.problem.fix}`, { cause: error });
  }
  return inOrganization(ctx, (tx) => noteSent(ctx, tx, file, 'sftp'));
};

interface Claimed {
  connection: Connection;
  file: ExchangeFile;
  content: Buffer;
}

/** Takes a file for sending. Null: a person carries it, and that is noted. */
async function claim(ctx: Ctx, tx: Tx, id: string): Promise<Claimed | null> {
  const { app } = ctx;
  const file = await readFile(tx, id, true);
  if (file.direction !== 'outgoing') throw new AppError('conflict', 'The file came from the partner.');
  if (file.state === 'draft') {
    throw new AppError('conflict', file.error ?? 'The file has errors: look at its findings.');
  }
  if (file.state !== 'ready') throw new AppError('conflict', 'The file was sent already.');
  const connection = await usableConnection(app, tx, file.integrationId);
  if (connection.auth.type !== 'sftp') {
    await noteSent(ctx, tx, file, 'manual');
    return null;
  }
  if ((connection.values['pgpPublicKey'] ?? '') !== '') {
    throw new AppError(
      'conflict',
      'This partner wants files encrypted with PGP, which is not done here: download the file, encrypt it, and bring it there.',
    );
  }
  await requireFree(app, tx, id);
  const { content } = await readContent(app, tx, id);
  return { connection, file, content };
}

async function requireFree(app: App, tx: Tx, id: string): Promise<void> {
  const now = app.clock();
  const rows = await tx.query(
    `UPDATE exchange_files SET sending_until = $2
     WHERE organization_id = current_organization() AND id = $1
       AND (sending_until IS NULL OR sending_until < $3) RETURNING id`,
    [id, new Date(now + sendingMs), new Date(now)],
  );
  if (rows.length === 0) throw new AppError('conflict', 'The file is being sent just now.');
}

async function put(session: SftpSession, folder: string, name: string, content: Buffer): Promise<void> {
  const there = (await session.list(folder)).find((one) => one.name === name);
  if (there?.kind === 'file' && there.bytes === content.length) {
    const stored = await session.download(folder, name, content.length);
    if (stored.equals(content)) return;
  }
  // Another file of this name makes it fail: nothing is written over.
  await session.upload(folder, name, content);
}

async function noteSent(
  ctx: Ctx,
  tx: Tx,
  { id, name, integrationId }: ExchangeFile,
  transport: 'sftp' | 'manual',
): Promise<ExchangeFile> {
  await tx.query(
    `UPDATE exchange_files SET state = 'sent', sent_at = $2, error = NULL, sending_until = NULL
     WHERE organization_id = current_organization() AND id = $1`,
    [id, new Date(ctx.app.clock())],
  );
  await recordAudit(ctx, tx, {
    action: 'exchange_file.sent',
    target: { type: 'exchange_file', id, name },
    changes: { transport: { before: null, after: transport } },
  });
  tx.announce('exchange', [integrationId]);
  tx.afterCommit(() =>
    ctx.app.logs.write({
      organizationId: tx.organizationId,
      integrationId,
      source: 'action',
      level: 'info',
      event: 'file.sent',
      message: transport === 'sftp' ? `${name} was sent.` : `${name} was carried to the partner.`,
    }),
  );
  return readFile(tx, id);
}
