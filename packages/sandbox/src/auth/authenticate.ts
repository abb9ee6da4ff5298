import type { SandboxAccount } from '../accounts/account.ts';
import type { SandboxAuth, SandboxKeys, SandboxOAuth2, SandboxProvider } from '../definition.ts';
import type { SandboxRequest } from '../exchange.ts';
import { fill, namesIn, templateReader } from '../template.ts';
import { awsFault } from './aws-sigv4.ts';
import type { OAuthSide, TokenFacts } from './oauth-side.ts';
import { isSignedForSumsub } from './sumsub.ts';

/** Who calls, or why the credentials are not accepted. */
export type Authentication = { ok: true; token: TokenFacts | null } | { ok: false; reason: string };

export interface AuthenticationContext {
  provider: SandboxProvider;
  account: SandboxAccount;
  /** Values that the address of the call holds, such as the bot token of Telegram. */
  inAddress: Readonly<Record<string, string>>;
  oauth: OAuthSide | null;
  now: number;
}

const refused = (reason: string): Authentication => ({ ok: false, reason });

/** Checks the credentials of a call in every way that the provider accepts them. */
export function authenticate(request: SandboxRequest, context: AuthenticationContext): Authentication {
  let reason = 'missing';
  for (const auth of context.provider.auth) {
    const result = check(auth, request, context);
    if (result.ok) return result;
    if (result.reason !== 'missing') reason = result.reason;
  }
  return refused(reason);
}

function check(auth: SandboxAuth, request: SandboxRequest, context: AuthenticationContext): Authentication {
  switch (auth.type) {
    case 'oauth2':
      return hasToken(auth) ? checkToken(auth, request, context) : checkAppKey(auth, request, context);
    case 'keys':
      return checkKeys(auth, request, context);
    case 'signed': {
      const { values } = context.account;
      if (auth.scheme === 'sumsub-hmac') {
        const credentials = { appToken: values['appToken']!, secretKey: values['secretKey']! };
        return isSignedForSumsub(request, credentials, context.now) ? accepted(null) : refused('signature');
      }
      const fault = awsFault(
        request,
        {
          accessKeyId: values['accessKeyId']!,
          secretAccessKey: values['secretAccessKey']!,
          region: values['region']!,
          service: auth.service!,
        },
        context.now,
      );
      return fault === null ? accepted(null) : refused(fault);
    }
    case 'other':
      return refused('missing');
  }
}

const accepted = (token: TokenFacts | null): Authentication => ({ ok: true, token });
/** Some providers take the app's own key with every call, although they connect by OAuth. */
const hasToken = (auth: SandboxOAuth2) =>
  Object.values(auth.headers).some((template) => namesIn(template).includes('accessToken'));

function checkToken(
  auth: SandboxOAuth2,
  request: SandboxRequest,
  context: AuthenticationContext,
): Authentication {
  const token = tokenIn(auth.headers, request);
  if (token === null) return refused('missing');
  const facts = context.oauth?.tokenOf(context.provider.slug, token) ?? null;
  if (!facts) return refused('unknown token');
  if (!facts.active) return refused('token no longer active');
  const isElsewhere = Object.entries(facts.place).some(
    ([name, value]) => (context.inAddress[name] ?? value) !== value,
  );
  if (isElsewhere) return refused('another address');
  const others = { ...context.account.values, accessToken: token };
  return headersFit(auth.headers, others, request) ? accepted(facts) : refused('another header');
}

function tokenIn(headers: Readonly<Record<string, string>>, request: SandboxRequest): string | null {
  for (const [name, template] of Object.entries(headers)) {
    if (!namesIn(template).includes('accessToken')) continue;
    return templateReader(template, 'header')(request.headers[name] ?? '')?.['accessToken'] ?? null;
  }
  return null;
}

/** The key of the app, and beside it the account that somebody has connected: any that could be one. */
function checkAppKey(
  auth: SandboxOAuth2,
  request: SandboxRequest,
  context: AuthenticationContext,
): Authentication {
  const fits = Object.entries(auth.headers).every(([name, template]) => {
    const given = templateReader(template, 'header')(request.headers[name] ?? '');
    return auth.fields
      .filter(({ key }) => namesIn(template).includes(key))
      .every(({ key, secret, pattern }) => {
        const value = given?.[key];
        if (value === undefined) return false;
        return secret ? value === context.account.values[key] : (pattern?.test(value) ?? true);
      });
  });
  return fits ? accepted(null) : refused('wrong');
}

function checkKeys(
  auth: Pick<SandboxKeys, 'fields' | 'headers' | 'basic'>,
  request: SandboxRequest,
  context: AuthenticationContext,
): Authentication {
  const { values } = context.account;
  // What tells accounts apart in the address has to fit the account too.
  const own = auth.fields.filter((field) => context.inAddress[field.key] !== undefined);
  if (own.some((field) => context.inAddress[field.key] !== values[field.key]))
    return refused('another address');
  if (auth.basic) {
    const [user, password] = auth.basic.map((template) => fill(template, values));
    const given = basicIn(request);
    if (given === null) return refused('missing');
    return given.user === user && given.password === password && headersFit(auth.headers, values, request)
      ? accepted(null)
      : refused('wrong');
  }
  const inHeaders = Object.values(auth.headers).some((template) =>
    namesIn(template).some((name) => name in values),
  );
  if (!inHeaders && !own.some((field) => field.secret)) return refused('missing');
  return headersFit(auth.headers, values, request) ? accepted(null) : refused('wrong');
}

/** Compares the headers that carry something of the account; the word before a token may be in any case. */
function headersFit(
  headers: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
  request: SandboxRequest,
): boolean {
  return Object.entries(headers).every(([name, template]) => {
    const names = namesIn(template).filter((each) => each in values);
    if (names.length === 0) return true;
    const given = templateReader(template, 'header')(request.headers[name] ?? '');
    return given !== null && names.every((each) => given[each] === values[each]);
  });
}

/** User and password of HTTP basic authentication; null when there are none. */
export function basicIn(request: SandboxRequest): { user: string; password: string } | null {
  const match = /^basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers['authorization'] ?? '');
  if (!match) return null;
  const text = Buffer.from(match[1]!, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
