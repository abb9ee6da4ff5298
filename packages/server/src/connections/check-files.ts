import type { CheckProblem } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';
import { checkSftp } from '../lib/sftp/check-sftp.ts';
import type { SftpServer } from '../lib/sftp/sftp-server.ts';
import { notAllowed } from './check-http.ts';
import type { Connection } from './connection.ts';
import { problemOf } from './steps.ts';
import type { CheckRun } from './steps.ts';

/** The file server that an SFTP connection leads to. */
export function fileServerOf(
  app: Pick<App, 'reroute'>,
  { provider, values, settings }: Connection,
): SftpServer {
  const port = Number(settings['sftpPort'] ?? 22);
  const url = new URL(app.reroute(provider.slug, `sftp://${values['sftpHost'] ?? ''}:${port}`));
  return {
    host: url.hostname,
    port: Number(url.port),
    username: values['sftpUser'] ?? '',
    password: values['sftpPassword'] ?? null,
    privateKey: values['sftpPrivateKey'] ?? null,
    hostKey: values['sftpHostKey'] ?? null,
  };
}

/** The folders of an exchange: for files to the partner, and for those from there. */
export function foldersOf({ settings }: Pick<Connection, 'settings'>): { outbox: string; inbox: string } {
  return { outbox: String(settings['outboxFolder'] ?? '.'), inbox: String(settings['inboxFolder'] ?? '.') };
}

/** Checks a partner's file server step by step; nothing is written there. */
export async function checkFiles(
  app: Pick<App, 'dialer' | 'reroute'>,
  run: CheckRun,
  connection: Connection,
): Promise<CheckProblem | null> {
  const { outbox, inbox } = foldersOf(connection);
  const result = await checkSftp(fileServerOf(app, connection), [...new Set([outbox, inbox])], {
    dialer: app.dialer,
    ...(run.observe && { observe: run.observe }),
  });
  run.addAll(result.steps);
  const { failure } = result;
  if (failure === null) return null;
  run.failedWith(failure);
  if (failure.code === 'blocked') return notAllowed(failure.message);
  return problemOf(connection.provider, { status: null, text: failure.text, mayHaveArrived: false });
}
