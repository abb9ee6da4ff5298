import type { SandboxReply } from '../exchange.ts';

/*
 * Every reason to say no. The error is the word of RFC 6749 (or of OpenID Connect for `consent_required`); a provider's
 * flavour may say it in another way.
 */
const reasons = {
  unknown_client: ['invalid_client', 'No app has this client_id.'],
  wrong_secret: ['invalid_client', 'The client secret is wrong.'],
  no_authentication: ['invalid_client', 'The client did not authenticate.'],
  wrong_authentication: [
    'invalid_client',
    'The client secret came in another way than this provider takes it.',
  ],
  two_authentications: ['invalid_request', 'The client authenticated in more than one way.'],
  secret_in_address: ['invalid_request', 'A secret must not be part of the address.'],
  malformed: ['invalid_request', 'A parameter is missing, or the body is not a form.'],
  repeated_parameter: ['invalid_request', 'A parameter came more than once.'],
  unregistered_redirect: ['invalid_request', 'The redirect_uri is not one of the addresses of this app.'],
  response_type_missing: ['invalid_request', 'The response_type is missing.'],
  response_type_unsupported: ['unsupported_response_type', 'Only the response_type code is supported.'],
  response_mode_unsupported: ['invalid_request', 'Only the response_mode query is supported.'],
  challenge_missing: ['invalid_request', 'This provider wants PKCE: code_challenge is missing.'],
  challenge_plain: ['invalid_request', 'The code_challenge_method must be S256.'],
  challenge_malformed: ['invalid_request', 'The code_challenge is not a SHA-256 in base64url.'],
  challenge_unexpected: ['invalid_request', 'This provider does not take PKCE.'],
  scope_missing: ['invalid_scope', 'No scope was asked for.'],
  scope_unknown: ['invalid_scope', 'A scope is not known here.'],
  scope_exceeded: ['invalid_scope', 'A scope was not granted before.'],
  audience_missing: ['invalid_request', 'The audience is missing.'],
  consent_required: ['consent_required', 'The person has not agreed to this yet.'],
  denied: ['access_denied', 'The person did not agree.'],
  unsupported_grant: ['unsupported_grant_type', 'This grant_type is not known.'],
  grant_not_allowed: ['unauthorized_client', 'This app may not use this grant_type.'],
  code_unknown: ['invalid_grant', 'The code is not known.'],
  code_reused: ['invalid_grant', 'The code was used already; what it gave is revoked.'],
  code_expired: ['invalid_grant', 'The code is older than a minute.'],
  code_of_other_client: ['invalid_grant', 'The code was given to another app.'],
  code_of_other_place: ['invalid_grant', 'The code was given elsewhere.'],
  redirect_mismatch: ['invalid_grant', 'The redirect_uri is another one than the code was sent to.'],
  verifier_missing: ['invalid_grant', 'The code_verifier is missing.'],
  verifier_wrong: ['invalid_grant', 'The code_verifier does not fit the code_challenge.'],
  verifier_unexpected: [
    'invalid_grant',
    'There is a code_verifier, but the code was asked for without PKCE.',
  ],
  refresh_unknown: ['invalid_grant', 'The refresh token is not known.'],
  refresh_reused: ['invalid_grant', 'The refresh token was used already; the whole grant is revoked.'],
  refresh_revoked: ['invalid_grant', 'The refresh token has been revoked.'],
  refresh_of_other_client: ['invalid_grant', 'The refresh token was given to another app.'],
  refresh_of_other_place: ['invalid_grant', 'The refresh token was given elsewhere.'],
  token_invalid: ['invalid_token', 'The token is not known, has expired or was revoked.'],
  scope_insufficient: ['insufficient_scope', 'The token may not do this.'],
  commanded: ['server_error', 'The sandbox was told to fail.'],
} as const;

export type RefusalReason = keyof typeof reasons;

/** Why a request was refused. */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  /** The word that the caller gets. */
  readonly error: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    reason: RefusalReason,
    more: { error?: string; status?: number; headers?: Record<string, string> } = {},
  ) {
    super(reasons[reason][1]);
    this.reason = reason;
    this.error = more.error ?? reasons[reason][0];
    this.status = more.status ?? statuses[this.error] ?? 400;
    this.headers = more.headers ?? {};
  }
}

const statuses: Record<string, number | undefined> = {
  invalid_client: 401,
  invalid_token: 401,
  insufficient_scope: 403,
  server_error: 500,
  temporarily_unavailable: 503,
};

/** An answer in JSON that nobody may keep. */
export function json(status: number, content: unknown, headers: Record<string, string> = {}): SandboxReply {
  return {
    status,
    headers: {
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      ...headers,
    },
    body: JSON.stringify(content),
  };
}

/** The answer of RFC 6749, section 5.2. */
export function standardRefusal(refusal: Refusal): SandboxReply {
  return json(
    refusal.status,
    { error: refusal.error, error_description: refusal.message },
    { ...refusal.headers },
  );
}
