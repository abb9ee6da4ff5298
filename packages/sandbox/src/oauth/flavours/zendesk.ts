import type { SandboxReply } from '../../exchange.ts';
import { bearerToken } from '../bearer.ts';
import { Refusal } from '../refusal.ts';
import { endToken } from '../revoke-endpoint.ts';
import type { Call, Flavour } from '../side.ts';

/** Zendesk: a refresh ends both old tokens, and a token is ended by itself. */
export const zendesk: Flavour = {
  refreshEndsAccess: true,
  answer: (standard) => ({ ...standard, token_type: 'bearer', refresh_token_expires_in: 7_776_000 }),
  endpoints: [
    { url: 'https://{subdomain}.zendesk.com/api/v2/oauth/tokens/current.json', handle: endCurrent },
  ],
};

function endCurrent(call: Call): SandboxReply {
  const { side, request } = call;
  if (request.method !== 'DELETE')
    throw new Refusal('malformed', { status: 405, headers: { allow: 'DELETE' } });
  bearerToken(call);
  endToken(side, request.headers['authorization']!.split(' ')[1]!, null);
  return { status: 204 };
}
