import type { SandboxReply } from '../exchange.ts';
import type { SampleAccount } from './accounts.ts';
import { authenticate } from './clients.ts';
import type { OAuthClient } from './clients.ts';
import { firstOf, formOf, needed, programParameters } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { json, Refusal } from './refusal.ts';
import type { Call, ProviderSide } from './side.ts';

/**
 * The revocation endpoint (RFC 7009): an access token ends alone, a refresh token with its whole family, and a token
 * that nobody knows is no error.
 *
 * @throws Refusal by name
 */
export function revokeEndpoint(call: Call): SandboxReply {
  const { side, request } = call;
  const rules = side.flavour.revocation ?? {};
  if (rules.handle) return rules.handle(call);
  if (request.method !== 'POST') throw new Refusal('malformed', { status: 405, headers: { allow: 'POST' } });
  const parameters = rules.open ? openParameters(call) : programParameters(request);
  const client = rules.open
    ? null
    : authenticate(side.clients, side.definition.tokenAuthMethod, request, parameters);
  const ended = endToken(side, needed(parameters, 'token'), client);
  if (!ended && rules.strict) throw new Refusal('token_invalid', { status: 400 });
  return rules.success === undefined
    ? { status: 200, headers: { 'cache-control': 'no-store' }, body: '' }
    : json(200, rules.success);
}

/** Where no secret is needed, the token may stand in the address too. */
function openParameters({ request }: Call): Parameters {
  return firstOf(new URLSearchParams([...request.query, ...(formOf(request) ?? [])]));
}

/** Ends a token of this app, or of any when null; false when there is nothing to end. */
export function endToken(side: ProviderSide, text: string, client: OAuthClient | null): boolean {
  const { grants, journal, flavour } = side;
  const access = grants.findAccess(text);
  const refresh = grants.findRefresh(text);
  const grant = access?.grant ?? refresh?.grant;
  const alive = grant && !grant.revoked && !access?.revoked && (client === null || grant.client === client);
  journal.note('revoke', alive ? 'ok' : 'token_unknown', {
    clientId: client?.clientId ?? grant?.client.clientId ?? null,
    account: grant?.account?.email ?? null,
  });
  if (!alive) return false;
  journal.counters.revocations += 1;
  if (refresh) grant.revoked = true;
  if (access) access.revoked = true;
  const { account } = grant;
  if (flavour.revocation?.endsConsent && account) grants.withdrawConsent(grant.client, account);
  return true;
}

/** Ends whatever a person has given to an app; false when there is nothing to end. */
export function endAll(side: ProviderSide, client: OAuthClient, account: SampleAccount): boolean {
  const alive = side.grants.consented(client, account).size > 0;
  side.journal.note('revoke', alive ? 'ok' : 'token_unknown', {
    clientId: client.clientId,
    account: account.email,
  });
  if (!alive) return false;
  side.journal.counters.revocations += 1;
  side.grants.withdrawConsent(client, account);
  return true;
}
