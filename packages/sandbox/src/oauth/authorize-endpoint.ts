import type { SandboxReply } from '../exchange.ts';
import { fill } from '../template.ts';
import type { SampleAccount } from './accounts.ts';
import { consentPage } from './consent-page.ts';
import { errorPage } from './error-page.ts';
import { firstOf, formOf, hasRepeated } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { challengeOf } from './pkce.ts';
import { Refusal } from './refusal.ts';
import { readScopes } from './scopes.ts';
import type { Call, PendingAuthorization, ProviderSide } from './side.ts';

const waitsMs = 600_000;

/**
 * The authorization endpoint (RFC 6749, section 4.1.1), and the answer of the person to its page. What is wrong with
 * the app or its address is shown to the person and sent nowhere; everything else goes back to the app.
 */
export function authorizeEndpoint(call: Call): SandboxReply {
  const { side, request } = call;
  if (request.method !== 'GET' && request.method !== 'POST')
    return { ...errorPage(side, new Refusal('malformed', { status: 405 })), headers: { allow: 'GET, POST' } };
  const sent = request.method === 'POST' ? (formOf(request) ?? new URLSearchParams()) : request.query;
  const transaction = request.method === 'POST' ? sent.get('transaction') : null;
  if (transaction !== null) return decided(side, transaction, sent);

  const parameters = firstOf(sent);
  const client = side.clients.find(parameters.get('client_id'));
  if (!client || sent.getAll('client_id').length > 1)
    return shown(side, new Refusal('unknown_client', { status: 400 }));
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri === undefined || sent.getAll('redirect_uri').length > 1)
    return shown(side, new Refusal('malformed'));
  if (!client.redirectUris.includes(redirectUri)) return shown(side, new Refusal('unregistered_redirect'));

  const place = call.place;
  const state = parameters.get('state') ?? null;
  const target = { client, redirectUri, state, place };
  try {
    if (hasRepeated(sent)) throw new Refusal('repeated_parameter');
    const pending: PendingAuthorization = { ...target, ...checked(side, parameters), parameters };
    side.journal.counters.authorize += 1;
    side.journal.note('authorize', 'ok', { clientId: client.clientId, scopes: pending.scopes });
    return ask(side, pending);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(side, target, error, 'authorize');
  }
}

/** What is left to check once one knows where to send the answer. */
function checked(side: ProviderSide, parameters: Parameters) {
  const { definition, flavour } = side;
  const responseType = parameters.get('response_type') ?? (flavour.impliedResponseType ? 'code' : undefined);
  if (responseType === undefined) throw new Refusal('response_type_missing');
  if (responseType !== 'code') throw new Refusal('response_type_unsupported');
  if ((parameters.get('response_mode') ?? 'query') !== 'query')
    throw new Refusal('response_mode_unsupported');
  const refusal = flavour.checkAuthorization?.(parameters);
  if (refusal) throw refusal;
  const challenge = challengeOf(definition.pkce, parameters);
  const known = [...definition.scopes.map(({ scope }) => scope), ...(flavour.moreScopes ?? [])];
  const scopes = readScopes(parameters.get('scope'), definition.scopeSeparator);
  if (scopes.length === 0 && known.length > 0) throw new Refusal('scope_missing');
  if (scopes.some((scope) => !known.includes(scope))) throw new Refusal('scope_unknown');
  const nonce = parameters.get('nonce') ?? null;
  return { challenge, scopes, nonce, expiresAt: side.clock() + waitsMs };
}

/** Decides by itself when it was told to, and asks the person otherwise. */
function ask(side: ProviderSide, pending: PendingAuthorization): SandboxReply {
  const account = hinted(side, pending);
  const { decision } = side.commanded;
  if (pending.parameters.get('prompt') === 'none') {
    const before = side.grants.consented(pending.client, account);
    if (!pending.scopes.every((scope) => before.has(scope))) throw new Refusal('consent_required');
    return allowed(side, pending, account, pending.scopes);
  }
  if (decision === 'deny') throw new Refusal('denied');
  if (decision === 'approve') return allowed(side, pending, account, pending.scopes);
  forgetExpired(side);
  const transaction = side.randomBytes(24).toString('base64url');
  side.pending.set(transaction, pending);
  return consentPage(side, pending, transaction, account);
}

function hinted(side: ProviderSide, { parameters }: PendingAuthorization): SampleAccount {
  const hint = parameters.get('login_hint')?.toLowerCase();
  return side.accounts.find(({ email }) => email === hint) ?? side.accounts[0]!;
}

function forgetExpired({ pending, clock }: ProviderSide): void {
  for (const [transaction, { expiresAt }] of pending) if (expiresAt <= clock()) pending.delete(transaction);
}

/** The person has answered the page. */
function decided(side: ProviderSide, transaction: string, form: URLSearchParams): SandboxReply {
  forgetExpired(side);
  const pending = side.pending.get(transaction);
  if (!pending) return shown(side, new Refusal('malformed'));
  side.pending.delete(transaction);
  const always = side.flavour.partialConsent?.always;
  const scopes = always
    ? pending.scopes.filter((scope) => always.includes(scope) || form.getAll('scope').includes(scope))
    : pending.scopes;
  const nothing = scopes.length === 0 && pending.scopes.length > 0;
  if (form.get('decision') !== 'allow' || nothing)
    return refused(side, pending, new Refusal('denied'), 'consent');
  const account = side.accounts.find(({ id }) => id === form.get('account'));
  if (!account) return shown(side, new Refusal('malformed'));
  return allowed(side, pending, account, scopes);
}

function allowed(
  side: ProviderSide,
  pending: PendingAuthorization,
  account: SampleAccount,
  agreed: readonly string[],
): SandboxReply {
  const { grants, flavour, journal } = side;
  const { client, redirectUri, challenge, nonce, place, parameters } = pending;
  const before = grants.consented(client, account);
  const adds =
    flavour.accumulates === 'always' ||
    (flavour.accumulates === 'on_request' && parameters.get('include_granted_scopes') === 'true');
  const scopes = adds ? [...new Set([...agreed, ...before])] : agreed;
  grants.consent(client, account, agreed);
  const offline = offlineScopes(side);
  const withRefreshToken =
    (flavour.wantsRefreshToken?.(parameters, before.size > 0) ?? true) &&
    (offline.length === 0 || offline.some((scope) => scopes.includes(scope)));
  const grant = { client, account, scopes, place, nonce, revoked: false };
  journal.note('consent', 'ok', { clientId: client.clientId, scopes, account: account.email });
  const code = grants.issueCode({ grant, redirectUri, challenge, withRefreshToken });
  const answer = new URLSearchParams({ code });
  if (pending.state !== null) answer.set('state', pending.state);
  nameIssuer(side, pending, answer);
  flavour.extendRedirect?.(answer, { client, account, scopes, place, now: side.clock() });
  return redirect(redirectUri, answer);
}

/** One of these must be granted for a refresh token; empty: none is needed. */
function offlineScopes({ definition, flavour }: ProviderSide): readonly string[] {
  const usual = definition.scopes.filter(({ scope }) => scope === 'offline_access').map(({ scope }) => scope);
  return flavour.offlineScopes ?? usual;
}

type Target = Pick<PendingAuthorization, 'client' | 'redirectUri' | 'state' | 'place'>;

function refused(
  side: ProviderSide,
  target: Target,
  refusal: Refusal,
  endpoint: 'authorize' | 'consent',
): SandboxReply {
  side.journal.note(endpoint, refusal.reason, { clientId: target.client.clientId });
  const answer = new URLSearchParams({ error: refusal.error, error_description: refusal.message });
  if (target.state !== null) answer.set('state', target.state);
  nameIssuer(side, target, answer);
  return redirect(target.redirectUri, answer);
}

function shown(side: ProviderSide, refusal: Refusal): SandboxReply {
  side.journal.note('authorize', refusal.reason);
  return errorPage(side, refusal);
}

/** RFC 9207. */
function nameIssuer({ commanded, flavour }: ProviderSide, { place }: Target, answer: URLSearchParams): void {
  const own = flavour.sendsIssuer && flavour.openid ? fill(flavour.openid.issuer, place) : null;
  const issuer = commanded.issuer === undefined ? own : commanded.issuer;
  if (issuer !== null) answer.set('iss', issuer);
}

/** With 303, so that no browser sends the form on (RFC 9700, section 4.12). */
function redirect(redirectUri: string, answer: URLSearchParams): SandboxReply {
  const target = new URL(redirectUri);
  for (const [name, value] of answer) target.searchParams.append(name, value);
  return {
    status: 303,
    headers: { location: target.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  };
}
