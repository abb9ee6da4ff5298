import type { SandboxReply, SandboxRequest } from '../exchange.ts';
import type { SampleAccount } from './accounts.ts';
import type { Place } from './address.ts';
import type { Clients, CredentialsMaker, OAuthClient } from './clients.ts';
import type { OAuthDefinition } from './definition.ts';
import type { Grant, Grants, TokenPrefixes } from './grants.ts';
import type { Journal } from './journal.ts';
import type { Parameters } from './parameters.ts';
import type { Refusal } from './refusal.ts';
import type { TokenSigner } from './signing.ts';

export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** What `ask` shows a page for, the others decide by themselves. */
export type Decision = 'ask' | 'approve' | 'deny';

/** A token that has just been made, before it is put into words. */
export interface Issued {
  side: ProviderSide;
  grantType: GrantType;
  grant: Grant;
  /** What this access token may do. */
  scopes: readonly string[];
  accessToken: string;
  refreshToken: string | null;
  /** Seconds; null: no end. */
  expiresIn: number | null;
  parameters: Parameters;
}

/** A request to one of a provider's addresses. */
export interface Call {
  side: ProviderSide;
  request: SandboxRequest;
  place: Place;
}

export interface Endpoint {
  url: string;
  handle: (call: Call) => SandboxReply;
}

/** OpenID Connect as a provider has it. All are templates of addresses. */
export interface OpenId {
  issuer: string;
  jwksUrl: string;
  discoveryUrl: string;
  userInfoUrl: string;
  /** The account's `sub`. */
  subject(account: SampleAccount): string;
  /** Claims of the ID token that only this provider has. */
  claims?(account: SampleAccount, place: Place): Record<string, unknown>;
}

/** Where a provider differs from the standards. Everything left out is as they say. */
export interface Flavour {
  credentials?: CredentialsMaker;
  prefixes?: TokenPrefixes;
  openid?: OpenId;
  /** Answers of the authorization endpoint name the issuer (RFC 9207). */
  sendsIssuer?: true;
  /** The person may untick scopes, except these. */
  partialConsent?: { always: readonly string[] };
  /** Tokens can do what was granted to this app before, too; or only when the request says so. */
  accumulates?: 'always' | 'on_request';
  /** `response_type` may be left out. */
  impliedResponseType?: true;
  /** Scopes besides those of the definition. */
  moreScopes?: readonly string[];
  /** One of these must be granted for a refresh token. */
  offlineScopes?: readonly string[];
  /** Whether to give a refresh token, from the authorization request. */
  wantsRefreshToken?(parameters: Parameters, consentedBefore: boolean): boolean;
  /** The same, from the token request. */
  refreshTokenOnRequest?(parameters: Parameters): boolean;
  /** A refresh ends the access tokens of before. */
  refreshEndsAccess?: true;
  /** Refuses an authorization request for a reason of its own. */
  checkAuthorization?(parameters: Parameters): Refusal | null;
  /** Refuses a token request for a reason of its own. */
  checkToken?(parameters: Parameters): Refusal | null;
  /** Adds to the parameters that go back to the app with a code. */
  extendRedirect?(
    parameters: URLSearchParams,
    context: {
      client: OAuthClient;
      account: SampleAccount;
      scopes: readonly string[];
      place: Place;
      now: number;
    },
  ): void;
  /** The answer of the token endpoint, made from the one of RFC 6749. */
  answer?(standard: Readonly<Record<string, unknown>>, issued: Issued): Record<string, unknown>;
  /** The last word on the form of that answer. */
  encode?(answer: Record<string, unknown>, request: SandboxRequest): SandboxReply;
  /** A refusal in this provider's words. */
  refuse?(refusal: Refusal, call: Call): SandboxReply | null;
  revocation?: {
    /** Whoever has the token may end it. */
    open?: true;
    /** One token ends everything that the person gave to this app. */
    endsConsent?: true;
    /** Unknown tokens are an error. */
    strict?: true;
    /** What it answers instead of an empty 200. */
    success?: unknown;
    /** Something else altogether. */
    handle?(call: Call): SandboxReply;
  };
  endpoints?: readonly Endpoint[];
}

/** One provider as the server plays it. */
export interface ProviderSide {
  readonly definition: OAuthDefinition;
  readonly flavour: Flavour;
  readonly accounts: readonly SampleAccount[];
  readonly clients: Clients;
  readonly grants: Grants;
  readonly journal: Journal;
  readonly signer: TokenSigner;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly randomBytes: (size: number) => Buffer;
  /** Where a browser finds an address of this provider. */
  readonly publicUrl: (url: string) => string;
  readonly pending: Map<string, PendingAuthorization>;
  readonly commanded: {
    decision: Decision;
    /** The answer to the next token request gets lost. */
    loseNextAnswer: boolean;
    /** The next token request fails with this error. */
    nextError: string | null;
    /** Seconds; undefined: as defined. */
    ttlSeconds: number | null | undefined;
    /** What answers name as their issuer; null: nothing; undefined: as the provider does. */
    issuer: string | null | undefined;
  };
}

/** A request that waits for the person's answer. */
export interface PendingAuthorization {
  client: OAuthClient;
  redirectUri: string;
  state: string | null;
  scopes: readonly string[];
  challenge: string | null;
  nonce: string | null;
  place: Place;
  parameters: Parameters;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}
