import type { SandboxReply } from '../exchange.ts';
import { authenticate } from './clients.ts';
import { needed, programParameters } from './parameters.ts';
import { json } from './refusal.ts';
import type { Call } from './side.ts';

/**
 * Tells an app about one of its access tokens (RFC 7662).
 *
 * @throws Refusal by name
 */
export function introspect({ side, request }: Call): SandboxReply {
  const parameters = programParameters(request);
  const client = authenticate(side.clients, side.definition.tokenAuthMethod, request, parameters);
  const token = side.grants.findAccess(needed(parameters, 'token'));
  if (!token || token.grant.client !== client || !side.grants.isActive(token))
    return json(200, { active: false });
  const { account } = token.grant;
  return json(200, {
    active: true,
    token_type: 'Bearer',
    client_id: client.clientId,
    scope: token.scopes.join(side.definition.scopeSeparator),
    ...(account ? { sub: account.id, username: account.email } : {}),
    ...(token.expiresAt === null ? {} : { exp: Math.floor(token.expiresAt / 1000) }),
  });
}
