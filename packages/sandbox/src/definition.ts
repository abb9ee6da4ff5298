/*
 * What the sandbox knows of a provider, as data: the product hands its definitions over, so that both sides read the
 * same ones and the sandbox needs none of the product. Values in braces, such as `{region}`, stand for a credential
 * field, a setting, or `{accessToken}`.
 */

/** A value that one enters to connect. */
export interface SandboxField {
  key: string;
  label: string;
  secret: boolean;
  optional: boolean;
  example: string | null;
  /** The whole value must match. */
  pattern: RegExp | null;
  /** The only values there are; empty: any. */
  options: readonly string[];
}

export interface SandboxOAuth2 {
  type: 'oauth2';
  grant: 'authorization_code' | 'client_credentials';
  authorizationUrl: string | null;
  tokenUrl: string;
  revokeUrl: string | null;
  pkce: boolean | null;
  tokenAuthMethod: 'basic' | 'post';
  refreshable: boolean;
  accessTokenTtlSeconds: number | null;
  rotatesRefreshToken: boolean | null;
  scopeSeparator: string;
  scopes: readonly { scope: string; means: string; required: boolean }[];
  fields: readonly SandboxField[];
  headers: Readonly<Record<string, string>>;
}

export interface SandboxKeys {
  type: 'keys';
  fields: readonly SandboxField[];
  /** Header lines of a call; empty when the key is part of the address. */
  headers: Readonly<Record<string, string>>;
  /** User and password of HTTP basic authentication, or null. */
  basic: readonly [user: string, password: string] | null;
}

export interface SandboxSigned {
  type: 'signed';
  scheme: 'aws-sigv4' | 'sumsub-hmac';
  /** AWS: the service in the credential scope; null elsewhere. */
  service: string | null;
  fields: readonly SandboxField[];
}

/** A mail server, a folder, an exchange of files: nothing of HTTP. */
export interface SandboxOther {
  type: 'other';
  fields: readonly SandboxField[];
}

export type SandboxAuth = SandboxOAuth2 | SandboxKeys | SandboxSigned | SandboxOther;

/** How a provider signs the webhooks that it sends. */
export interface SandboxInbound {
  scheme: string;
  headers: readonly string[];
  algorithm: 'hmac-sha256' | 'hmac-sha1' | 'ed25519' | 'ecdsa-p256-sha256' | 'token' | 'basic' | 'custom';
  encoding: 'hex' | 'base64' | null;
  /** Before the encoded signature in its header. */
  prefix: string;
  /** Field that holds the key of the receiver; null: none. */
  key: string | null;
  /** What is signed, such as `v0:{timestamp}:{rawBody}`; null where nothing is. */
  signed: string | null;
  timestampHeader: string | null;
}

/** A fixed answer. */
export interface SandboxAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

export interface SandboxProvider {
  slug: string;
  name: string;
  /** Null: it has none. */
  statusPageUrl: string | null;
  /** Null: there is no HTTP API. */
  baseUrl: string | null;
  /** Recommended first. */
  auth: readonly SandboxAuth[];
  /** Defaults of the settings that may stand in a template. */
  settings: Readonly<Record<string, string>>;
  /** The call that proves the credentials; null where none is made over HTTP. */
  health: { method: string; /** Behind the base URL, or a whole URL. */ path: string } | null;
  limits: { perSecond?: number; perHour?: number; perDay?: number };
  inbound: SandboxInbound | null;
  /** What it answers to the health check in each condition; null where there is nothing to call. */
  simulate: Readonly<Record<'healthy' | 'revoked' | 'rateLimited' | 'down', SandboxAnswer>> | null;
}
