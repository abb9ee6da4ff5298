/**
 * Why an outgoing request failed. `blocked`: the guard refused the address; `dns`: the name has no address;
 * `connect`: no TCP connection; `tls`: no trusted TLS connection; `timeout`: a time limit passed; `reset`: the
 * connection ended before the response did; `too_large`: the response headers are over the limit;
 * `redirect`: for callers that treat a redirect as a failure, the sender itself returns it as a status;
 * `protocol`: not a valid HTTP exchange; `aborted`: stopped by the caller.
 */
export type EgressErrorCode =
  | 'blocked'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'reset'
  | 'too_large'
  | 'redirect'
  | 'protocol'
  | 'aborted';

/**
 * A failed outgoing request. The message is for people; it holds neither a resolved address (which would tell
 * a user about the network this runs in) nor anything of the request. `sent` says whether the request may have
 * reached the endpoint: false means it certainly has not.
 */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly code: EgressErrorCode;
  readonly sent: boolean;
  /** The technical word where there is one that says more than the code, such as `CERT_HAS_EXPIRED`. */
  readonly reason: string | null;

  constructor(code: EgressErrorCode, message: string, sent = false, reason: string | null = null) {
    super(message);
    this.code = code;
    this.sent = sent;
    this.reason = reason;
  }
}
