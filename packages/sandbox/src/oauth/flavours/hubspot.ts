import { introspect } from '../introspect.ts';
import { json } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { digitsOf, uuidOf } from '../seed.ts';
import type { Flavour } from '../side.ts';
import { without } from '../without.ts';

/** HubSpot says which account it is, and gives its own word beside the standard one. */
export const hubspot: Flavour = {
  credentials: (name) => ({ clientId: uuidOf(name), clientSecret: uuidOf(`${name}:secret`) }),
  prefixes: { code: 'na1-', access: 'CK', refresh: 'na1-' },
  impliedResponseType: true,
  answer(standard, { grant, scopes }) {
    return {
      ...without(standard, 'scope'),
      token_type: 'bearer',
      scopes,
      hub_id: Number(digitsOf(grant.account!.organization, 8)),
      user_id: Number(digitsOf(grant.account!.id, 8)),
    };
  },
  refuse(refusal) {
    if (refusal.reason === 'commanded') return null;
    const { error, message, reason, status } = refusal;
    return json(status === 401 ? 400 : status, {
      status: statusOf(refusal),
      message,
      correlationId: uuidOf(`correlation:${reason}`),
      error,
      error_description: message,
    });
  },
  endpoints: [{ url: 'https://api.hubapi.com/oauth/2026-03/token/introspect', handle: introspect }],
};

function statusOf({ reason, error }: Refusal): string {
  if (reason.startsWith('refresh_')) return 'BAD_REFRESH_TOKEN';
  if (reason.startsWith('code_') || reason.startsWith('verifier_')) return 'BAD_AUTH_CODE';
  if (reason === 'redirect_mismatch') return 'BAD_REDIRECT_URI';
  return error === 'invalid_client' ? 'BAD_CLIENT_SECRET' : 'BAD_REQUEST';
}
