import { betterAuth } from 'better-auth';
import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth';
import type { Pool } from 'pg';
import { sessionCookieName } from './cookie.ts';
import { withHashedTokens } from './hashed-tokens.ts';
import type { Passwords } from './passwords.ts';

/** What a new session gets beyond better-auth's own fields. */
export interface SessionFields {
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date;
  freshAt: Date;
  activeOrganizationId: string | null;
}

export interface AuthOptions {
  pool: Pool;
  /** Key that signs the cookie. */
  secret: string;
  publicUrl: string;
  secureCookies: boolean;
  /** Seconds the browser keeps the cookie. */
  cookieMaxAge: number;
  addressHeader: string;
  passwords: Passwords;
  newId: () => string;
  sessionFields: (userId: string) => Promise<SessionFields>;
}

/**
 * better-auth core with our tables, ids, password hashing and cookie. It opens no route of ours, runs no
 * migration (its schema check is off: our migrations own the schema), sends no telemetry and writes no log.
 */
export function createAuth(options: AuthOptions) {
  const timestamps = { createdAt: 'created_at', updatedAt: 'updated_at' };
  return betterAuth({
    appName: 'Trunkline',
    baseURL: options.publicUrl,
    // The list form, because the single `secret` would give way to an environment variable.
    secrets: [{ version: 1, value: options.secret }],
    database: options.pool,
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    emailAndPassword: { enabled: true, disableSignUp: true, password: options.passwords },
    user: { modelName: 'users', fields: { ...timestamps, emailVerified: 'email_verified' } },
    session: {
      modelName: 'sessions',
      expiresIn: options.cookieMaxAge,
      fields: {
        ...timestamps,
        userId: 'user_id',
        token: 'token_hash',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
      additionalFields: {
        activeOrganizationId: {
          type: 'string',
          required: false,
          input: false,
          fieldName: 'active_organization_id',
        },
        freshAt: { type: 'date', required: false, input: false, fieldName: 'fresh_at' },
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        ...timestamps,
        userId: 'user_id',
        providerId: 'provider_id',
        accountId: 'account_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'verifications', fields: { ...timestamps, expiresAt: 'expires_at' } },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => ({
            data: { ...session, ...(await options.sessionFields(session.userId)) },
          }),
        },
      },
    },
    plugins: [hashedSessionTokens],
    advanced: {
      // The prefix is part of our name; better-auth's own would be the weaker __Secure-.
      useSecureCookies: false,
      cookies: { session_token: { name: sessionCookieName(options.secureCookies) } },
      defaultCookieAttributes: { secure: options.secureCookies, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [options.addressHeader], ipv6Subnet: 128 },
      database: { generateId: options.newId, validateSchema: false },
    },
  } satisfies BetterAuthOptions);
}

const hashedSessionTokens = {
  id: 'hashed-session-tokens',
  init: (context) => ({ context: { adapter: withHashedTokens(context.adapter) } }),
} satisfies BetterAuthPlugin;
