import { EgressError } from './errors.ts';

const untrusted =
  'The certificate comes from an authority that is not trusted here, or an intermediate certificate is missing.';
const wrongPort =
  'The server does not speak TLS here. Another kind of encryption or another port may be right.';

const messages: Record<string, string> = {
  CERT_HAS_EXPIRED: 'The certificate has expired.',
  CERT_NOT_YET_VALID: 'The certificate is not valid yet.',
  CERT_REVOKED: 'The certificate was revoked.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is self-signed, so nobody vouches for it.',
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  ERR_SSL_WRONG_VERSION_NUMBER: wrongPort,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: wrongPort,
  EPROTO: wrongPort,
  ECONNRESET: 'The server closed the connection during the TLS handshake.',
};

const mostNames = 5;

/** What an error of a TLS handshake means, for people, with Node's or OpenSSL's word for it as the reason. */
export function tlsFailure(error: unknown, host: string): EgressError {
  const reason = codeOf(error);
  const message =
    reason === 'ERR_TLS_CERT_ALTNAME_INVALID' ? wrongName(error, host) : (messages[reason] ?? otherwise);
  return new EgressError('tls', message, false, withFamily(reason));
}

const otherwise = 'The TLS handshake failed.';

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'ERR_SSL';
}

/** OpenSSL names some failures of a certificate without the word, and Node some of TLS; one word each finds all of them. */
function withFamily(reason: string): string {
  if (reason.startsWith('UNABLE_TO_') && !reason.includes('CERT')) return `CERT_${reason}`;
  return reason === 'EPROTO' ? 'ERR_SSL_EPROTO' : reason;
}

function wrongName(error: unknown, host: string): string {
  const names = namesOf(error);
  if (names.length === 0) return `The certificate is for another name than ${host}.`;
  const shown = names.slice(0, mostNames).join(', ');
  return `The certificate is for ${shown}${names.length > mostNames ? ' and others' : ''}, not for ${host}.`;
}

/** From the certificate that Node gives with this error. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Error) || !('cert' in error)) return [];
  const { subjectaltname } = error.cert as { subjectaltname?: string };
  return (subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => /^[\w.*:-]{1,253}$/.test(name));
}
