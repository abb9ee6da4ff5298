import { EgressError } from '../egress/errors.ts';
import { RefusedError } from '../probe.ts';

const status = { noSuchFile: 2, permissionDenied: 3 };

/** What an error of ssh2's means. `doing` says what was tried, for people. */
export function sftpFailure(error: unknown, doing: string, sent: boolean): EgressError | RefusedError {
  if (error instanceof RefusedError) return error;
  if (error instanceof EgressError) {
    return sent ? new EgressError(error.code, error.message, true, error.reason) : error;
  }
  const { message, code, level } = error as Error & { code?: unknown; level?: string };
  if (code === status.noSuchFile) return new RefusedError(`${doing}: it does not exist.`, 'No such file');
  if (code === status.permissionDenied) {
    return new RefusedError(`${doing}: the user may not.`, `Permission denied: ${message}`);
  }
  if (typeof code === 'number') {
    return new RefusedError(`${doing}: the server refuses it (${message}).`, message);
  }
  if (level === 'client-authentication') {
    return new RefusedError('The server does not accept this user with this password or key.', message);
  }
  if (level === 'handshake' || level === 'protocol' || message.startsWith('Invalid identification')) {
    return new EgressError('protocol', 'No SSH connection: the server speaks no SSH, or none in common.');
  }
  if (message.includes('subsystem')) {
    return new RefusedError('The login works, but the server offers no SFTP.', message);
  }
  return new EgressError('reset', 'The server closed the connection.', sent);
}
