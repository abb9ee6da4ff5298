import { textOf } from '../../accounts/seed.ts';
import type { SandboxReply } from '../../exchange.ts';
import { authenticate } from '../clients.ts';
import { json, Refusal } from '../refusal.ts';
import type { RefusalReason } from '../refusal.ts';
import { endToken } from '../revoke-endpoint.ts';
import { hexOf } from '../seed.ts';
import type { Call, Flavour } from '../side.ts';

/** GitHub has its own word for these. */
const words: Partial<Record<RefusalReason, string>> = {
  unknown_client: 'incorrect_client_credentials',
  wrong_secret: 'incorrect_client_credentials',
  no_authentication: 'incorrect_client_credentials',
  wrong_authentication: 'incorrect_client_credentials',
  redirect_mismatch: 'redirect_uri_mismatch',
  code_unknown: 'bad_verification_code',
  code_reused: 'bad_verification_code',
  code_expired: 'bad_verification_code',
  code_of_other_client: 'bad_verification_code',
  verifier_missing: 'bad_verification_code',
  verifier_wrong: 'bad_verification_code',
};

/** GitHub OAuth apps: a form unless JSON is asked for, and errors with status 200. */
export const github: Flavour = {
  credentials: (name) => ({
    clientId: `Ov23li${textOf(name, 14)}`,
    clientSecret: hexOf(`${name}:secret`, 40),
  }),
  prefixes: { access: 'gho_' },
  impliedResponseType: true,
  answer: (standard, { scopes }) => ({ ...standard, token_type: 'bearer', scope: scopes.join(',') }),
  encode: (answer, request) => spoken(answer, request.headers['accept']),
  refuse({ reason, message, status }, { request }) {
    const error = words[reason];
    if (error === undefined || status >= 500) return null;
    return spoken({ error, error_description: message }, request.headers['accept']);
  },
  endpoints: [{ url: 'https://api.github.com/applications/{clientId}/token', handle: endOne }],
};

function spoken(answer: Record<string, unknown>, accept = ''): SandboxReply {
  if (accept.includes('application/json')) return json(200, answer);
  const form = new URLSearchParams(
    Object.entries(answer).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return {
    status: 200,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

/** The app ends one of its tokens, with its own credentials. */
function endOne({ side, request, place }: Call): SandboxReply {
  if (request.method !== 'DELETE') throw new Refusal('malformed', { status: 404 });
  const client = authenticate(side.clients, 'basic', request, new Map([['client_id', place['clientId']!]]));
  const token = tokenIn(request.body.toString('utf8'));
  if (token === null) return json(422, { message: 'Validation Failed' });
  return endToken(side, token, client) ? { status: 204 } : json(404, { message: 'Not Found' });
}

function tokenIn(body: string): string | null {
  try {
    const content: unknown = JSON.parse(body);
    if (typeof content !== 'object' || content === null || !('access_token' in content)) return null;
    return typeof content.access_token === 'string' ? content.access_token : null;
  } catch {
    return null;
  }
}
