import { fileServerOf, foldersOf } from '../../connections/check-files.ts';
import { notAllowed } from '../../connections/check-http.ts';
import { ConnectionFault } from '../../connections/connection-fault.ts';
import type { Connection } from '../../connections/connection.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import { problemOf } from '../../connections/steps.ts';
import type { App, Tx } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import { SftpError, withSftp } from '../../lib/sftp/check-sftp.ts';
import type { SftpSession } from '../../lib/sftp/sftp-session.ts';

/** For everything of one session, and for each answer, in milliseconds. */
const limits = { totalMs: 90_000, stepMs: 20_000 };

/**
 * The stored connection of a partner.
 *
 * @throws AppError `not_found`; `conflict` for a reference to a variable that is not released
 */
export async function partnerConnection(app: App, tx: Tx, integrationId: string): Promise<Connection> {
  try {
    return await loadConnection(app, tx, integrationId);
  } catch (error) {
    if (error instanceof RangeError) throw new AppError('conflict', error.message);
    throw error;
  }
}

/**
 * As {@link partnerConnection}, when it can be used.
 *
 * @throws AppError also `integration_disabled`, `integration_not_connected`
 */
export async function usableConnection(app: App, tx: Tx, integrationId: string): Promise<Connection> {
  const connection = await partnerConnection(app, tx, integrationId);
  if (!connection.enabled) throw new AppError('integration_disabled', 'Switch the integration on first.');
  if (!connection.connected) {
    throw new AppError('integration_not_connected', 'Connect the integration first.');
  }
  return connection;
}

/**
 * Opens a session with the partner's server for some work.
 *
 * @throws ConnectionFault, classified by the provider's own rules
 */
export async function withPartner<T>(
  app: App,
  connection: Connection,
  work: (session: SftpSession, folders: { outbox: string; inbox: string }) => Promise<T>,
): Promise<T> {
  try {
    return await withSftp(fileServerOf(app, connection), { dialer: app.dialer, limits }, (session) =>
      work(session, foldersOf(connection)),
    );
  } catch (error) {
    if (!(error instanceof SftpError)) throw error;
    const { failure } = error;
    throw new ConnectionFault(
      failure.code === 'blocked' ? notAllowed(failure.message) : problemOf(connection.provider, failure),
      error,
    );
  }
}
