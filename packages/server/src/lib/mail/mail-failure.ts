import type { NodemailerError } from 'nodemailer/lib/errors';
import { EgressError } from '../egress/errors.ts';
import { tlsFailure } from '../egress/tls-failure.ts';
import { RefusedError } from '../probe.ts';

/** Where in the conversation an error came. */
export interface Where {
  host: string;
  encrypting: boolean;
  /** The message is on its way, so that without an answer nobody knows. */
  ambiguous: boolean;
}

const isReply = /^\d{3}/;

/** What an error of nodemailer's means, as an EgressError or, when the server answered, a RefusedError with its reply. */
export function mailFailure(error: unknown, where: Where): EgressError | RefusedError {
  if (error instanceof RefusedError) return error;
  if (error instanceof EgressError) return where.ambiguous ? unconfirmed(error) : error;
  const { code, response, originalCode, cert } = error as NodemailerError & {
    originalCode?: string;
    cert?: unknown;
  };
  if (typeof response === 'string' && response !== '') return refusal(code, response);
  if (where.encrypting && code !== 'ETIMEDOUT') {
    const reason = originalCode ?? 'ECONNRESET';
    return tlsFailure(Object.assign(new Error(reason), { code: reason, cert }), where.host);
  }
  const failure = silent(code);
  return failure instanceof EgressError && where.ambiguous ? unconfirmed(failure) : failure;
}

function refusal(code: string | undefined, reply: string): EgressError | RefusedError {
  if (!isReply.test(reply))
    return new EgressError('protocol', 'The server does not speak SMTP on this port.');
  if (code === 'ETLS') {
    return new RefusedError(
      `The server does not switch encryption on: ${reply}`,
      `ERR_SSL_NO_STARTTLS: ${reply}`,
    );
  }
  return new RefusedError(reply, reply);
}

/** The server said nothing. */
function silent(code: string | undefined): EgressError | RefusedError {
  switch (code) {
    case 'ETIMEDOUT':
      return new EgressError('timeout', 'The server does not answer.');
    case 'EAUTH':
      return new RefusedError('A user name and a password are needed.', 'EAUTH: no credentials');
    case 'EMESSAGE':
      return new RefusedError('The message is larger than the server takes.', '552 larger than announced');
    case 'EENVELOPE':
      return new EgressError('protocol', 'The message has no recipient, or an address in it is not one.');
    case 'EPROTOCOL':
      return new EgressError('protocol', 'The server does not speak SMTP properly.');
    default:
      return new EgressError('reset', 'The server closed the connection.');
  }
}

/** The same failure, after the message was on its way. */
function unconfirmed(error: EgressError): EgressError {
  const message = 'The message was handed over, but the server did not confirm it: it may or may not arrive.';
  return new EgressError(error.code, message, true, error.reason);
}
