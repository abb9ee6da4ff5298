import type { Fault } from '@trunkline/contract/faults';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import type {
  InboundRequest,
  InboundSwitchDefinition,
  NormalizeContext,
  Normalized,
  MailPlace,
  OpenedMail,
  TimeFormat,
} from '../inbound/types.ts';
import type { Adapters, Adapting } from './adapters/adapter.ts';

/*
 * What a provider is. One provider is one file of this folder with one constant of this type: it says who the provider
 * is, how one connects, how to find out whether it works, and what its errors mean. Values in braces, such as
 * `{region}`, stand for a credential field, a setting, or `{accessToken}`.
 */

/** A value that somebody enters to connect. */
export interface CredentialField {
  key: string;
  label: string;
  /** Encrypted, and masked on the screen. */
  secret: boolean;
  /** Where to find the value, as a path through the provider's own screens where that is known. */
  help: string;
  example?: string;
  /** `app`: once for the organization's app at the provider; `account`: for every connection. */
  level: 'app' | 'account';
  optional?: true;
  multiline?: true;
  /** The whole value must match. */
  pattern?: RegExp;
  options?: readonly { value: string; label: string }[];
}

/** A permission that is asked for, in the provider's word and in plain ones. */
export interface Scope {
  scope: string;
  means: string;
  /** Without it the integration does not work; the others can be asked for later. */
  required: boolean;
  /** What the token answer calls it, where that is another word. */
  grantedAs?: readonly string[];
}

/**
 * Where something about a connected account stands: in the token answer, in its id_token, in the answer of another call
 * (behind the base URL, a whole URL, or one that the sign-in brought), or in what was entered. Pointers are those of RFC 6901.
 */
export type AccountFact =
  | { from: 'answer' | 'idToken'; pointer: string }
  | { from: 'call'; path: string; headers?: Readonly<Record<string, string>>; pointer: string }
  | { from: 'values'; text: string };

/** How a token is taken back where that is not as RFC 7009 says. `{token}` is the refresh token where there is one. */
export interface Revocation {
  method: 'POST' | 'DELETE';
  /** `revokeUrl` unless given. */
  url?: string;
  headers?: Readonly<Record<string, string>>;
  /** User and password of HTTP basic authentication. */
  basic?: readonly [user: string, password: string];
  /** The body, as a form or as JSON. */
  form?: Readonly<Record<string, string>>;
  json?: Readonly<Record<string, string>>;
}

/** OAuth 2.0 (RFC 6749) as this provider does it. */
export interface OAuth2Auth {
  type: 'oauth2';
  /** `authorization_code` asks a person in the browser; `client_credentials` needs none. */
  grant: 'authorization_code' | 'client_credentials';
  /** Null for client credentials. */
  authorizationUrl: string | null;
  tokenUrl: string;
  revokeUrl: string | null;
  /** `true`: supported or required, sent always; `false`: must not be sent; `null`: not known, sent (RFC 9700, 2.1.1). */
  pkce: boolean | null;
  tokenAuthMethod: 'basic' | 'post';
  refreshable: boolean;
  /** The usual life; `expires_in` of an answer counts more. Null: none or not known. */
  accessTokenTtlSeconds: number | null;
  /** `true`: every refresh gives a new refresh token and ends the old one. Null: not known, treated as true. */
  rotatesRefreshToken: boolean | null;
  extraAuthorizeParams: Readonly<Record<string, string>>;
  scopeSeparator: string;
  scopes: readonly Scope[];
  fields: readonly CredentialField[];
  /** Header lines of an API call. */
  headers: Readonly<Record<string, string>>;
  /** What it calls itself in id_tokens and in `iss` (RFC 9207). Without it neither is looked at. */
  issuer?: string;
  /** It always sends `iss`, so that an answer without it is not its own. */
  sendsIssuer?: true;
  /** Parameter of a callback that signs the others: HMAC-SHA256 in hexadecimal under the client secret. */
  callbackHmac?: string;
  /** Further fields of every token request; one whose value is missing is left out. */
  tokenParams?: Readonly<Record<string, string>>;
  /** Words of the token URL that mean the same as `invalid_grant`. */
  endedErrors?: readonly string[];
  /** How tokens are taken back, unless at `revokeUrl` as RFC 7009 says. */
  revocation?: Revocation;
  /** Who is connected: the first of these that is there. */
  account?: readonly AccountFact[];
  /** Values that calls need and that come with the sign-in, by key; one that somebody entered counts more. */
  brings?: Readonly<Record<string, AccountFact>>;
}

/** Keys that go into every call. */
export interface KeyAuth {
  type: 'api_key' | 'basic';
  fields: readonly CredentialField[];
  /** Header lines of an API call; empty when the key is part of the address. */
  headers: Readonly<Record<string, string>>;
  /** User and password of HTTP basic authentication, instead of an `authorization` header. */
  basic?: readonly [user: string, password: string];
  /** Parameters in the query of every API call, for APIs that take their key there. */
  query?: Readonly<Record<string, string>>;
}

/** Every call is signed; the adapter of that name does it. */
export interface SignedAuth {
  type: 'signed';
  scheme: 'aws-sigv4' | 'sumsub-hmac';
  /** AWS: the service in the credential scope. */
  service?: string;
  fields: readonly CredentialField[];
}

/** A mail server, folder, file exchange, or a service that only sends to us. */
export interface PlainAuth {
  type: 'smtp' | 'sftp' | 'manual' | 'local' | 'inbound';
  fields: readonly CredentialField[];
}

export type Auth = OAuth2Auth | KeyAuth | SignedAuth | PlainAuth;

/** A read-only proof that the credentials work. */
export type HealthCheck =
  | {
      kind: 'http';
      method: 'GET' | 'HEAD' | 'POST';
      /** Behind the base URL, or a whole URL. */
      path: string;
      body?: string;
      contentType?: string;
      /** Statuses that mean "works"; everything else is judged by the error rules. */
      expect: readonly number[];
      /** Some providers answer 200 with an error inside: a text that must be in the body of a good answer. */
      mustContain?: string;
      why: string;
    }
  /** Asks for a token, where no cheaper read exists. */
  | { kind: 'token'; why: string }
  | { kind: 'smtp' | 'sftp' | 'local' | 'dns'; why: string }
  /** Nothing can be asked without side effects: only the form of the values is checked. */
  | { kind: 'form'; why: string };

/** What an error of this provider means. The first rule that matches decides. */
export interface ErrorRule {
  /** Any of these statuses. */
  status?: readonly number[];
  /** A word in the body or in the name of the failure, such as `invalid_grant` or `EACCES`. */
  contains?: string;
  fault: Fault;
  /** Of `scope`: the answer is the same for credentials that are no longer accepted, so that they may be what is wrong. */
  unclear?: true;
  /** Shown as the headline, without the provider's name. */
  title: string;
  cause: string;
  fix: string;
  link?: string;
}

/** How the provider signs what it sends to us. `{rawBody}` are the exact bytes. */
export interface InboundScheme {
  scheme: string;
  headers: readonly string[];
  /** `token`: a shared text is compared, nothing is signed; `custom`: see the adapter of this scheme. */
  algorithm: 'hmac-sha256' | 'hmac-sha1' | 'ed25519' | 'ecdsa-p256-sha256' | 'token' | 'basic' | 'custom';
  encoding?: 'hex' | 'base64';
  /** Before the encoded signature in its header. */
  prefix?: string;
  /** Field that holds the key. */
  key?: string;
  /** What is entered at the source because no field holds it. */
  ownKey?: { label: string; help: string };
  /** Field of the user, where the key is a password. */
  user?: string;
  /** What is signed, such as `v0:{timestamp}:{rawBody}`. */
  signed?: string;
  timestampHeader?: string;
  /** How the time is written; seconds since the epoch unless it says otherwise. */
  timestampFormat?: TimeFormat;
  toleranceSeconds?: number;
  /** Where the id stands that recognizes a repetition. */
  replayId?: string;
  /** What the provider wants answered before it sends. */
  handshake?: string;
  notes?: string;
  /** Events that a source of this provider can leave out; all others are always passed on. */
  switches?: readonly InboundSwitchDefinition[];
  /**
   * Reads a webhook of this provider, whose body was parsed: JSON, or the fields of a form by name. Without it, and for
   * what it does not know, everything becomes `inbound.received`.
   *
   * @throws Unreadable
   */
  normalize?: (payload: unknown, context: NormalizeContext) => Normalized;
  /**
   * Takes a webhook apart that may bring a mail, before it is read. `mail` is the mail as it was sent, where it lay elsewhere.
   *
   * @throws Unreadable
   */
  open?: (
    payload: unknown,
    request: Pick<InboundRequest, 'headers' | 'body'>,
    mail?: Buffer | null,
  ) => Promise<OpenedMail>;
  /** Where the mail lies of which a webhook only tells; null: it tells of none. */
  mailElsewhere?: (payload: unknown) => MailPlace | null;
  /** Fields and settings of the integration that reading needs. None of them is secret. */
  readsWith?: readonly string[];
}

/** A setting of the configuration screen. */
export interface SettingField {
  key: string;
  label: string;
  help: string;
  type: 'text' | 'number' | 'switch' | 'select';
  options?: readonly { value: string; label: string }[];
  default: string | number | boolean;
}

/** What the sandbox answers to the health check. */
export interface SimulatedReply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

/** Files instead of an API, for partners that have none (CAT-4). */
export interface FileExchange {
  standard: string;
  transport: string;
  encryption: string;
  cadence: string;
  files: readonly string[];
  acknowledgement: string;
  contact: string;
}

export interface Provider {
  slug: string;
  name: string;
  category: ProviderCategory;
  description: string;
  website: string | null;
  docsUrl: string | null;
  statusPageUrl: string | null;
  /** False: needs a contract, a review or a set-up by the provider's people first. */
  selfServe: boolean;
  /** What addresses begin with that start a flow of this provider, such as a Zap. */
  startsAt?: string;
  /** What one gets, a few words each. */
  features: readonly [string, ...string[]];
  /** What a person does at the provider before connecting, in order. */
  setupSteps: readonly [string, ...string[]];
  /** Recommended first. */
  auth: readonly [Auth, ...Auth[]];
  /** Null: there is no HTTP API. */
  baseUrl: string | null;
  /** Values that stand as if somebody had entered them and that nobody is asked for, such as the host of a mail server. */
  fixedValues?: Readonly<Record<string, string>>;
  health: HealthCheck;
  errors: readonly [ErrorRule, ...ErrorRule[]];
  /** Limits of our own, kept below the provider's where that is known. */
  limits: { perSecond?: number; perHour?: number; perDay?: number; published: string | null };
  /** What it can do for an action; absent where it is only connected and checked. */
  adapters?: Adapters;
  /** Takes away a file that was copied elsewhere, where its content has this SHA-256 digest; only where the store is ours. */
  removeCopied?: (key: string, digest: Buffer, io: Pick<Adapting, 'folder' | 'key'>) => Promise<void>;
  settings: readonly SettingField[];
  inbound: InboundScheme | null;
  exchange: FileExchange | null;
  /** How the provider looks from outside in each condition; null where there is nothing to call. */
  simulate: Record<'healthy' | 'revoked' | 'rateLimited' | 'down', SimulatedReply> | null;
  /** What is known about the facts of this file: `checked` in the provider's documents, or less. */
  evidence: 'checked' | 'partial' | 'recalled';
  /** What somebody who connects it should know. */
  notes: string | null;
}
