import type { SampleAccount } from './accounts.ts';
import type { Place } from './address.ts';
import type { OAuthClient } from './clients.ts';

/**
 * What one answer of a person, or one call of an app for itself, has given. All its tokens are one family: when it is
 * revoked, none of them works.
 */
export interface Grant {
  client: OAuthClient;
  /** Null: the app acts for itself. */
  account: SampleAccount | null;
  scopes: readonly string[];
  place: Place;
  nonce: string | null;
  revoked: boolean;
}

export interface Code {
  grant: Grant;
  redirectUri: string;
  challenge: string | null;
  withRefreshToken: boolean;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  used: boolean;
}

export interface AccessToken {
  grant: Grant;
  scopes: readonly string[];
  /** Milliseconds since the epoch; null: never. */
  expiresAt: number | null;
  revoked: boolean;
}

export interface RefreshToken {
  grant: Grant;
  used: boolean;
}

/** How the tokens of a provider begin. */
export interface TokenPrefixes {
  code?: string;
  access?: string;
  refresh?: string;
}

const codeLifeMs = 60_000;
const forgetAfterMs = 86_400_000;
const forgetEvery = 1000;

/** Codes and tokens of one provider. */
export class Grants {
  private readonly codes = new Map<string, Code>();
  private readonly access = new Map<string, AccessToken>();
  private readonly refresh = new Map<string, RefreshToken>();
  /** What a person has agreed to for an app, until it is taken back. */
  private readonly consents = new Map<string, Set<string>>();
  private readonly clock: () => number;
  private readonly randomBytes: (size: number) => Buffer;
  private readonly prefixes: TokenPrefixes;
  private issued = 0;

  constructor(clock: () => number, randomBytes: (size: number) => Buffer, prefixes: TokenPrefixes = {}) {
    this.clock = clock;
    this.randomBytes = randomBytes;
    this.prefixes = prefixes;
  }

  /** Makes a code that works once, for a minute. */
  issueCode(code: Omit<Code, 'expiresAt' | 'used'>): string {
    const text = this.newText(this.prefixes.code);
    this.codes.set(text, { ...code, expiresAt: this.clock() + codeLifeMs, used: false });
    return text;
  }

  /** Makes an access token with this life in seconds; null: without an end. */
  issueAccess(grant: Grant, scopes: readonly string[], ttlSeconds: number | null): string {
    this.issued += 1;
    if (this.issued % forgetEvery === 0) this.forgetOld();
    const text = this.newText(this.prefixes.access);
    const expiresAt = ttlSeconds === null ? null : this.clock() + ttlSeconds * 1000;
    this.access.set(text, { grant, scopes, expiresAt, revoked: false });
    return text;
  }

  issueRefresh(grant: Grant): string {
    const text = this.newText(this.prefixes.refresh);
    this.refresh.set(text, { grant, used: false });
    return text;
  }

  findCode(text: string): Code | undefined {
    return this.codes.get(text);
  }

  findAccess(text: string): AccessToken | undefined {
    return this.access.get(text);
  }

  findRefresh(text: string): RefreshToken | undefined {
    return this.refresh.get(text);
  }

  isActive(token: AccessToken): boolean {
    const alive = token.expiresAt === null || token.expiresAt > this.clock();
    return alive && !token.revoked && !token.grant.revoked;
  }

  /** Scopes that the person has agreed to for this app. */
  consented(client: OAuthClient, account: SampleAccount): ReadonlySet<string> {
    return this.consents.get(consentKey(client, account)) ?? new Set();
  }

  consent(client: OAuthClient, account: SampleAccount, scopes: readonly string[]): void {
    this.consents.set(consentKey(client, account), new Set([...this.consented(client, account), ...scopes]));
  }

  /** Ends whatever the person has given to this app. */
  withdrawConsent(client: OAuthClient, account: SampleAccount): void {
    this.consents.delete(consentKey(client, account));
    for (const grant of this.all())
      if (grant.client === client && grant.account?.id === account.id) grant.revoked = true;
  }

  /** Ends the access tokens of a grant, and keeps its refresh tokens. */
  endAccessOf(grant: Grant): void {
    for (const token of this.access.values()) if (token.grant === grant) token.revoked = true;
  }

  /** All access tokens have expired. */
  expireAll(): void {
    const now = this.clock();
    for (const token of this.access.values()) token.expiresAt = Math.min(token.expiresAt ?? now, now);
  }

  /** Everybody has removed the app. */
  revokeAll(): void {
    this.consents.clear();
    for (const grant of this.all()) grant.revoked = true;
  }

  private all(): Grant[] {
    return [...this.codes.values(), ...this.access.values(), ...this.refresh.values()].map(
      ({ grant }) => grant,
    );
  }

  private newText(prefix = ''): string {
    return `${prefix}${this.randomBytes(32).toString('base64url')}`;
  }

  /** Forgets codes and access tokens that ended a day ago, and refresh tokens of revoked grants. */
  private forgetOld(): void {
    const before = this.clock() - forgetAfterMs;
    for (const [text, code] of this.codes) if (code.expiresAt < before) this.codes.delete(text);
    for (const [text, token] of this.access)
      if (token.expiresAt !== null && token.expiresAt < before) this.access.delete(text);
    for (const [text, token] of this.refresh) if (token.grant.revoked) this.refresh.delete(text);
  }
}

const consentKey = (client: OAuthClient, account: SampleAccount) => `${client.clientId} ${account.id}`;
