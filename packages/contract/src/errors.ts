import { z } from 'zod';

/**
 * Every error code that the product answers with: HTTP status and title. Each has a page
 * `docs/errors/<code>.md`, and the code is the last part of the problem's `type` (RFC 9457).
 */
export const errorCodes = {
  invalid_input: { status: 422, title: 'The input is not valid' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unauthenticated: { status: 401, title: 'Sign in or send an API key' },
  api_key_expired: { status: 401, title: 'The API key has expired' },
  api_key_revoked: { status: 401, title: 'The API key was revoked' },
  scoped_keys_off: { status: 403, title: 'Scoped keys are switched off' },
  address_not_allowed: { status: 403, title: 'Requests from this address are not allowed' },
  signature_refused: { status: 401, title: 'The signature of the webhook was not accepted' },
  insufficient_scope: { status: 403, title: 'The scopes of the API key do not allow this' },
  rate_limited: { status: 429, title: 'Too many requests' },
  portal_off: { status: 409, title: 'The portal is switched off' },
  portal_token_refused: { status: 401, title: 'The portal token does not work' },
  portal_origin_refused: { status: 403, title: 'The portal is not allowed on this page' },
  invalid_credentials: { status: 401, title: 'E-mail or password is not right' },
  wrong_code: { status: 401, title: 'The code or passkey is not right' },
  sign_in_step_over: { status: 409, title: 'It took too long, or was used already' },
  too_many_sign_ins: { status: 429, title: 'Too many sign-in attempts' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  sso_required: { status: 403, title: 'Your organization signs in through its identity provider' },
  second_factor_required: { status: 403, title: 'Your organization asks for a second factor' },
  reauthentication_required: { status: 403, title: 'Confirm that it is you' },
  cross_site_request: { status: 403, title: 'The request came from another site' },
  no_organization: { status: 403, title: 'You belong to no organization' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'It conflicts with the current state' },
  idempotency_in_flight: { status: 409, title: 'The first request with this key is still running' },
  idempotency_mismatch: { status: 422, title: 'The idempotency key was used for another request' },
  last_administrator: { status: 409, title: 'The last system administrator stays' },
  setup_completed: { status: 409, title: 'The first administrator exists already' },
  webhook_url_invalid: { status: 422, title: 'Invalid webhook URL format' },
  webhook_url_not_https: { status: 422, title: 'The webhook URL must use HTTPS' },
  webhook_url_unsafe: { status: 422, title: 'The webhook URL points to a private or reserved address' },
  webhook_url_unreachable: { status: 422, title: 'Webhook endpoint unreachable' },
  webhook_inactive: { status: 409, title: 'The webhook is switched off' },
  connection_failed: { status: 422, title: 'The connection does not work' },
  integration_disabled: { status: 409, title: 'The integration is switched off' },
  integration_not_connected: { status: 409, title: 'The integration is not connected' },
  oauth_app_missing: { status: 409, title: 'No app is configured for this provider' },
  call_limit_reached: { status: 429, title: 'The limit of this integration is reached' },
  provider_failed: { status: 502, title: 'The provider did not do it' },
  overloaded: { status: 503, title: 'Too busy to accept more just now' },
  database_unavailable: { status: 503, title: 'The database cannot be reached' },
  shutting_down: { status: 503, title: 'This node is shutting down' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Body of every error answer: `application/problem+json` (RFC 9457) with our extensions. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string().describe('Stable; see docs/errors.'),
  requestId: z.string(),
  errors: z
    .array(z.object({ pointer: z.string().describe('JSON pointer into the input'), detail: z.string() }))
    .optional(),
});
export type Problem = z.infer<typeof Problem>;
