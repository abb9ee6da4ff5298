import type { SandboxReply, SandboxRequest } from '../exchange.ts';
import { sampleAccounts } from './accounts.ts';
import type { SampleAccount } from './accounts.ts';
import { addressReader } from './address.ts';
import type { AddressReader, Place } from './address.ts';
import { authorizeEndpoint } from './authorize-endpoint.ts';
import { Clients, ownApp } from './clients.ts';
import type { OAuthClient } from './clients.ts';
import type { OAuthDefinition } from './definition.ts';
import { flavourOf } from './flavours.ts';
import { Grants } from './grants.ts';
import { Journal } from './journal.ts';
import type { OAuthCounters, OAuthLogEntry } from './journal.ts';
import { accountEndpoint, openIdEndpoints } from './openid.ts';
import { Refusal, standardRefusal } from './refusal.ts';
import { revokeEndpoint } from './revoke-endpoint.ts';
import type { Call, Decision, ProviderSide } from './side.ts';
import { createTokenSigner } from './signing.ts';
import type { TokenSigner } from './signing.ts';
import { tokenEndpoint } from './token-endpoint.ts';

export interface OAuthSimulatorOptions {
  providers: readonly OAuthDefinition[];
  /** Milliseconds since the epoch. */
  clock: () => number;
  randomBytes: (size: number) => Buffer;
  /** Where a browser finds an address of a provider. */
  publicUrl: (slug: string, url: string) => string;
}

/** What is known of an access token, as after RFC 7662. */
export interface TokenFacts {
  /** False: expired or revoked. */
  active: boolean;
  scopes: readonly string[];
  /** Null: the app acts for itself. */
  account: SampleAccount | null;
  clientId: string;
  /** What stood in the names of the address that gave it, such as `{ shop: 'acme' }`. */
  place: Place;
}

/**
 * The authorization servers of all providers. A slug that is not one of theirs is an error of the caller and throws,
 * except in `handle` and `tokenOf`, which answer null.
 */
export interface OAuthSimulator {
  /** Null: not one of its addresses. */
  handle(request: SandboxRequest): Promise<SandboxReply | null>;
  /** Null: nobody issued this token. */
  tokenOf(slug: string, accessToken: string): TokenFacts | null;
  /** The credentials of an app; every name is registered when it is first asked for. */
  client(slug: string, app?: string): Readonly<OAuthClient>;
  /** Registers an address that the app may get its answers at. */
  allowRedirect(slug: string, uri: string, app?: string): void;
  /** Every access token that was issued so far expires now; refresh tokens go on. */
  expireTokens(slug: string): void;
  /** As if everybody had removed the app: tokens and codes are revoked, consents forgotten. */
  revokeAll(slug: string): void;
  setDecision(slug: string, decision: Decision): void;
  /** The next token request is carried out, and its answer is cut off. */
  loseNextAnswer(slug: string): void;
  /** The next token request fails with this error, such as `invalid_grant` or `temporarily_unavailable`, and changes nothing. */
  nextTokenFails(slug: string, error: string): void;
  /** How long access tokens live from now on; null: for ever. */
  setTtl(slug: string, seconds: number | null): void;
  /** What answers of the authorization endpoint name as `iss`, to play a mix-up; null: nothing; undefined: as usual. */
  setIssuer(slug: string, issuer: string | null | undefined): void;
  counters(slug: string): OAuthCounters;
  /** The latest 500 requests, newest last; nothing in them is secret. */
  log(slug: string): readonly OAuthLogEntry[];
}

interface Route {
  read: AddressReader;
  endpoint: OAuthLogEntry['endpoint'];
  handle: (call: Call) => SandboxReply;
}

/** Makes the servers, with nobody signed in anywhere. */
export function createOAuthSimulator(options: OAuthSimulatorOptions): OAuthSimulator {
  const signer = createTokenSigner();
  const sides = new Map(
    options.providers.map((definition) => [definition.slug, sideOf(definition, options, signer)]),
  );
  const routes = new Map([...sides].map(([slug, side]) => [slug, routesOf(side)]));
  const at = (slug: string): ProviderSide => {
    const side = sides.get(slug);
    if (!side) throw new Error(`no provider of the sandbox's OAuth server has the slug ${slug}`);
    return side;
  };
  return {
    async handle(request) {
      const side = sides.get(request.provider);
      if (!side) return null;
      for (const route of routes.get(request.provider)!) {
        const place = route.read(request);
        if (place) return answer({ side, request, place }, route);
      }
      return null;
    },
    tokenOf(slug, accessToken) {
      const side = sides.get(slug);
      const token = side?.grants.findAccess(accessToken);
      if (!side || !token) return null;
      const { account, client, place } = token.grant;
      return {
        active: side.grants.isActive(token),
        scopes: token.scopes,
        account,
        clientId: client.clientId,
        place,
      };
    },
    client: (slug, app = ownApp) => at(slug).clients.of(app),
    allowRedirect(slug, uri, app = ownApp) {
      if (new URL(uri).hash !== '') throw new Error('a redirect URI has no fragment');
      const { redirectUris } = at(slug).clients.of(app);
      if (!redirectUris.includes(uri)) redirectUris.push(uri);
    },
    expireTokens: (slug) => at(slug).grants.expireAll(),
    revokeAll: (slug) => at(slug).grants.revokeAll(),
    setDecision: (slug, decision) => void (at(slug).commanded.decision = decision),
    loseNextAnswer: (slug) => void (at(slug).commanded.loseNextAnswer = true),
    nextTokenFails: (slug, error) => void (at(slug).commanded.nextError = error),
    setTtl: (slug, seconds) => void (at(slug).commanded.ttlSeconds = seconds),
    setIssuer: (slug, issuer) => void (at(slug).commanded.issuer = issuer),
    counters: (slug) => ({ ...at(slug).journal.counters }),
    log: (slug) => [...at(slug).journal.entries],
  };
}

function sideOf(
  definition: OAuthDefinition,
  options: OAuthSimulatorOptions,
  signer: TokenSigner,
): ProviderSide {
  const { slug } = definition;
  const { clock, randomBytes } = options;
  const flavour = flavourOf(definition.like ?? slug);
  return {
    definition,
    flavour,
    accounts: sampleAccounts(slug),
    clients: new Clients(slug, flavour.credentials, definition.client),
    grants: new Grants(clock, randomBytes, flavour.prefixes),
    journal: new Journal(clock),
    signer,
    clock,
    randomBytes,
    publicUrl: (url) => options.publicUrl(slug, url),
    pending: new Map(),
    commanded: {
      decision: 'ask',
      loseNextAnswer: false,
      nextError: null,
      ttlSeconds: undefined,
      issuer: undefined,
    },
  };
}

function routesOf({ definition, flavour }: ProviderSide): Route[] {
  const { authorizationUrl, tokenUrl, revokeUrl, userInfoUrl } = definition;
  const openid = flavour.openid && {
    ...flavour.openid,
    userInfoUrl: userInfoUrl ?? flavour.openid.userInfoUrl,
  };
  const more = [
    ...(flavour.endpoints ?? []),
    ...(openid ? openIdEndpoints(openid) : []),
    ...(userInfoUrl !== undefined && !openid ? [{ url: userInfoUrl, handle: accountEndpoint }] : []),
  ];
  const all: [OAuthLogEntry['endpoint'], url: string | null, Route['handle']][] = [
    ['authorize', authorizationUrl, authorizeEndpoint],
    ['token', tokenUrl, tokenEndpoint],
    ['revoke', revokeUrl, revokeEndpoint],
    ...more.map(({ url, handle }): (typeof all)[number] => ['other', url, handle]),
  ];
  return all.flatMap(([endpoint, url, handle]) =>
    url === null ? [] : [{ read: addressReader(url), endpoint, handle }],
  );
}

/** Notes a refusal, and puts it into the provider's words. */
function answer(call: Call, { endpoint, handle }: Route): SandboxReply {
  try {
    return handle(call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    call.side.journal.note(endpoint, error.reason);
    return call.side.flavour.refuse?.(error, call) ?? standardRefusal(error);
  }
}
