import type { LayoutKind } from '@trunkline/contract/exchange';
import type { CsvLayout } from '@trunkline/contract/files';
import type { App } from '../ctx.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { MailError, sendMail } from '../lib/mail/send-mail.ts';
import type { Adapting, MailToSend } from '../providers/adapters/adapter.ts';
import { sender } from '../providers/adapters/sender.ts';
import { ProviderCaller } from './call-provider.ts';
import type { Called } from './called.ts';
import { mailServerOf } from './check-mail.ts';
import { notAllowed } from './check-http.ts';
import { localFolder } from './check-local.ts';
import { ConnectionFault } from './connection-fault.ts';
import type { Connection } from './connection.ts';
import { templateValues } from './provider-request.ts';
import { presignRequest } from './sign-request.ts';
import { problemOf } from './steps.ts';
import { tokenSourceOf } from './token-source.ts';

/** Texts that are longer are not looked for in what a provider says. */
const longestMasked = 5_000;

/** What an adapter works with, whether it has changed anything yet, and its last call. */
export interface AdaptedConnection {
  io: Adapting;
  changed(): boolean;
  called(): Called;
}

/**
 * Makes a connection usable for an adapter, for one action. `key` is the same for every try of it; what `input` says
 * is masked wherever a provider repeats it; `elsewhere` as {@link Adapting} has it.
 *
 * @throws ConnectionFault when there is no token
 */
export async function adaptConnection(
  app: App,
  connection: Connection,
  { key, input, elsewhere = false }: { key: string; input: unknown; elsewhere?: boolean },
): Promise<AdaptedConnection> {
  const caller = new ProviderCaller(app, connection, tokenSourceOf(app, connection), {
    boundary: `trunkline-${key}`,
    mask: textsIn(input),
  });
  const token = await caller.token();
  const io: Adapting = {
    values: templateValues(connection, token),
    key,
    now: app.clock(),
    elsewhere,
    call: (call) => caller.call(call),
    failure: (text, status = null) => caller.failure(text, status),
    mail: (message) => mail(app, connection, message),
    folder: () => localFolder(app, connection),
    layout: (kind) => layoutOf(app, connection, kind),
    presign: (path, seconds) => presignRequest(app, connection, path, seconds),
  };
  return { io, changed: () => caller.changed, called: () => caller.called };
}

async function layoutOf(app: App, connection: Connection, kind: LayoutKind): Promise<CsvLayout | null> {
  const { organizationId, integrationId } = connection;
  const [row] = await tenantTransaction(app.pool, organizationId, (tx) =>
    tx.query<{ layout: CsvLayout }>(
      `SELECT layout FROM exchange_layouts
       WHERE organization_id = current_organization() AND integration_id = $1 AND kind = $2`,
      [integrationId, kind],
    ),
  );
  return row?.layout ?? null;
}

async function mail(
  app: App,
  connection: Connection,
  message: MailToSend,
): Promise<{ messageId: string; rejected: string[] }> {
  const { to, cc = [], bcc = [], replyTo, subject, text, html, attachments, messageId } = message;
  const timeoutMs = app.config.attemptTimeoutSeconds * 1000;
  const from = sender(message, { values: connection.values });
  const address = (mailbox: { email: string; name?: string | undefined }) => ({
    address: mailbox.email,
    name: mailbox.name ?? '',
  });
  try {
    const sent = await sendMail(
      mailServerOf(app, connection),
      {
        from: address(from),
        to: to.map(address),
        cc: cc.map(address),
        bcc: bcc.map(address),
        ...(replyTo && { replyTo: address(replyTo) }),
        subject,
        ...(text !== undefined && { text }),
        ...(html !== undefined && { html }),
        ...(attachments && {
          attachments: attachments.map(({ filename, contentType, content }) => ({
            filename,
            contentType,
            content: Buffer.from(content, 'base64'),
          })),
        }),
        messageId,
        date: new Date(app.clock()),
      },
      { dialer: app.dialer, limits: { totalMs: 2 * timeoutMs, stepMs: timeoutMs } },
    );
    return { messageId: sent.messageId, rejected: sent.rejected.map((one) => one.address) };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const { failure } = error;
    if (failure.code === 'blocked') throw new ConnectionFault(notAllowed(failure.message), error);
    throw new ConnectionFault(problemOf(connection.provider, { ...failure, status: null }), error);
  }
}

/** Every text of an input that is long enough to be content. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 6 && value.length <= longestMasked ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
