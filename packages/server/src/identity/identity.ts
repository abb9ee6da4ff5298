import { hkdfSync, randomBytes } from 'node:crypto';
import type { Role } from '@trunkline/contract/permissions';
import { APIError } from 'better-auth';
import type { Pool } from 'pg';
import { z } from 'zod';
import { createAttempts } from './attempts.ts';
import type { Admission } from './attempts.ts';
import { createAuth } from './better-auth.ts';
import { clientAddressHeader, readClient } from './client.ts';
import { hashSessionToken, readSessionToken, sessionCookieName, sessionCookieValue } from './cookie.ts';
import { IdentityError, SecondFactorRequired } from './errors.ts';
import { readName } from './organizations.ts';
import type { Database } from './organizations.ts';
import { createPasswords, fitsPassword, isAcceptablePassword } from './passwords.ts';
import type { Hashing } from './passwords.ts';
import {
  absoluteSessionMs,
  deleteSession,
  findSession,
  hasSecondFactor,
  insertSession,
  markFresh,
  newSessionFields,
  sweepSessions,
} from './sessions.ts';
import type { SignedIn } from './sessions.ts';
import { isUuid, uuidV7 } from './uuid.ts';
import type { RandomBytes } from './uuid.ts';

export type { SignedIn } from './sessions.ts';

const failuresPerPerson = 5;
const failuresPerNetwork = 20;
/** Sign-ins that were begun and not finished. */
const startsPerNetwork = 60;
const shortestSecret = 32;

/** Sign-in, sessions and passwords. Every refusal is an `IdentityError`. */
export interface Identity {
  /**
   * The session of a request by its cookie; null when signed out, expired or tampered with. Role and
   * organization are read from the membership each time: a removed member loses access at once.
   */
  authenticate(headers: Headers): Promise<SignedIn | null>;
  /**
   * Checks email and password and starts a new session under a new token; a session the request already
   * had is ended. `headers` hold the user agent, the cookie and the client's address (`client.ts`).
   * @throws IdentityError `invalid_credentials`; `too_many_sign_ins` after 5 failures for the email or 20
   * from the network in 15 minutes; `SecondFactorRequired` when the password was right and the user has one
   */
  signIn(input: SignInInput): Promise<{ setCookie: string[]; session: SignedIn }>;
  /**
   * Starts a session of a user whom the caller has made sure of, under a new token; a session the request already
   * had is ended. `organizationId`, with `sso` and only there: the organization that the session is bound to.
   */
  startSession(
    userId: string,
    method: 'password' | 'passkey' | 'sso',
    headers: Headers,
    organizationId?: string,
  ): Promise<{ setCookie: string[]; session: SignedIn }>;
  /**
   * Runs a check of something that could be guessed. It gives null for a wrong guess, which stays counted: by user
   * and kind, and by network.
   * @throws IdentityError `wrong_code`; `too_many_sign_ins` after 5 failures of the user or 20 of the network
   */
  guard<T>(
    kind: 'second_factor' | 'proof',
    userId: string,
    headers: Headers,
    check: () => Promise<T | null>,
  ): Promise<T>;
  /**
   * Counts the start of a sign-in that somebody else finishes: the browser with a passkey, or an identity provider.
   * @throws IdentityError `too_many_sign_ins` after 60 in 15 minutes from the network that led to no session
   */
  admitStart(headers: Headers): Promise<void>;
  /** Ends the session of the request, if any, and clears its cookie. */
  signOut(headers: Headers): Promise<{ setCookie: string[] }>;
  /** Chooses the organization a session works in. Throws `not_a_member`. */
  setActiveOrganization(sessionId: string, userId: string, organizationId: string): Promise<void>;
  /**
   * Verifies the password of a signed-in user again and marks the session fresh.
   * @throws IdentityError `invalid_credentials`; `too_many_sign_ins` after 5 failures in 15 minutes,
   * counted by user and apart from sign-in, so that a stranger cannot lock a signed-in person out
   */
  proveFresh(input: { sessionId: string; userId: string; password: string }): Promise<void>;
  /**
   * Gives a user a password, or another one; whether they may is the caller's to know.
   * @throws IdentityError `weak_password`
   */
  setPassword(input: { userId: string; password: string }, db: Database): Promise<void>;
  /**
   * Creates a user with a password. Give `db` to do it inside a transaction; a refusal aborts that.
   * @throws IdentityError `email_taken`, `weak_password`, `invalid_email`, `invalid_name`
   */
  createUser(
    input: { email: string; name: string; password: string },
    db?: Database,
  ): Promise<{ userId: string }>;
  /** Says whether anybody exists yet; a new installation asks for its first user. */
  hasAnyUser(): Promise<boolean>;
  /** The organizations a user is a member of, by name. */
  organizationsOf(userId: string): Promise<OrganizationOfUser[]>;
}

export interface SignInInput {
  email: string;
  password: string;
  headers: Headers;
}

export interface OrganizationOfUser {
  id: string;
  name: string;
  slug: string;
  role: Role;
}

export interface IdentityOptions {
  pool: Pool;
  /** At least 32 characters, the same on all nodes. Changing it signs everybody out. */
  secret: string;
  publicUrl: string;
  /** True when `publicUrl` is https: the cookie is then Secure and `__Host-` prefixed. */
  secureCookies: boolean;
  /** Milliseconds since the epoch. */
  clock?: (() => number) | undefined;
  random?: RandomBytes | undefined;
  /** Salted scrypt unless given. */
  hashing?: Hashing | undefined;
}

/**
 * The identity library over a PostgreSQL pool with migration 0001. better-auth checks passwords and
 * starts sessions; its HTTP handler is not exposed.
 * @throws Error when the secret is too short
 */
export function createIdentity(options: IdentityOptions): Identity {
  const { pool, secureCookies, clock = Date.now, random = randomBytes } = options;
  if (options.secret.length < shortestSecret) {
    throw new Error(`The secret of sign-in has at least ${shortestSecret} characters.`);
  }
  const cookieKey = deriveKey(options.secret, 'trunkline session cookie');
  const cookieName = sessionCookieName(secureCookies);
  const passwords = createPasswords(options.hashing);
  const attempts = createAttempts(pool, deriveKey(options.secret, 'trunkline sign-in attempts'), clock);
  const newId = (): string => uuidV7(clock(), random);
  const auth = createAuth({
    pool,
    secret: cookieKey,
    publicUrl: options.publicUrl,
    secureCookies,
    cookieMaxAge: absoluteSessionMs / 1000,
    addressHeader: clientAddressHeader,
    passwords,
    newId,
    sessionFields: (userId) => newSessionFields(pool, userId, clock()),
  });

  const tokenHashOf = (headers: Headers): string | null => {
    const token = readSessionToken(headers.get('cookie'), cookieName, cookieKey);
    return token === null ? null : hashSessionToken(token);
  };

  const cookie = (value: string, maxAge: number): string =>
    `${cookieName}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly${secureCookies ? '; Secure' : ''}; SameSite=Lax`;

  /** Ends the session that a request came with, and some that are over: each sign-in adds one. */
  async function endPrevious(headers: Headers): Promise<void> {
    const previous = tokenHashOf(headers);
    if (previous !== null) await deleteSession(pool, previous);
    await sweepSessions(pool, clock());
  }

  return {
    async authenticate(headers) {
      const tokenHash = tokenHashOf(headers);
      return tokenHash === null ? null : findSession(pool, tokenHash, clock());
    },

    async signIn({ email, password, headers }) {
      const address = readEmail(email);
      if (address === null || !fitsPassword(password)) throw new IdentityError('invalid_credentials');
      const client = readClient(headers);
      const admission = await attempts.admit([
        { kind: 'email', value: address, limit: failuresPerPerson },
        { kind: 'network', value: client.network, limit: failuresPerNetwork },
      ]);
      // Only cleaned values go further: no cookie, Origin or forwarding header of the request reaches
      // better-auth.
      const clean = new Headers({ 'user-agent': client.userAgent });
      if (client.address !== null) clean.set(clientAddressHeader, client.address);
      const result = await settled(admission, () =>
        auth.api.signInEmail({ body: { email: address, password }, headers: clean, returnHeaders: true }),
      );
      const tokenHash = hashSessionToken(result.response.token);
      const session = await findSession(pool, tokenHash, clock());
      if (!session) throw new IdentityError('invalid_credentials');
      if (await hasSecondFactor(pool, session.userId)) {
        // Nobody was given its token.
        await deleteSession(pool, tokenHash);
        throw new SecondFactorRequired(session.userId);
      }
      await endPrevious(headers);
      return { setCookie: result.headers.getSetCookie(), session };
    },

    async startSession(userId, method, headers, organizationId) {
      const client = readClient(headers);
      const token = createToken(random);
      const tokenHash = hashSessionToken(token);
      await insertSession(
        pool,
        {
          id: newId(),
          userId,
          tokenHash,
          method,
          address: client.address,
          userAgent: client.userAgent,
          organizationId: organizationId ?? null,
        },
        clock(),
      );
      const session = await findSession(pool, tokenHash, clock());
      if (!session) throw new IdentityError('invalid_credentials');
      await endPrevious(headers);
      if (method !== 'password') await attempts.forgive({ kind: 'start', value: client.network });
      const value = sessionCookieValue(token, cookieKey);
      return { setCookie: [cookie(value, absoluteSessionMs / 1000)], session };
    },

    async guard(kind, userId, headers, check) {
      const admission = await attempts.admit([
        { kind, value: userId, limit: failuresPerPerson },
        { kind: 'network', value: readClient(headers).network, limit: failuresPerNetwork },
      ]);
      return settled(admission, async () => {
        const result = await check();
        if (result === null) throw new IdentityError('wrong_code');
        return result;
      });
    },

    async admitStart(headers) {
      await attempts.admit([{ kind: 'start', value: readClient(headers).network, limit: startsPerNetwork }]);
    },

    async signOut(headers) {
      const tokenHash = tokenHashOf(headers);
      if (tokenHash !== null) await deleteSession(pool, tokenHash);
      return { setCookie: [cookie('', 0)] };
    },

    async setActiveOrganization(sessionId, userId, organizationId) {
      if (![sessionId, userId, organizationId].every(isUuid)) throw new IdentityError('not_a_member');
      const { rowCount } = await pool.query(
        `UPDATE sessions s SET active_organization_id = m.organization_id, updated_at = $4
           FROM members m
          WHERE s.id = $1 AND s.user_id = $2 AND s.expires_at > $4
            AND m.user_id = s.user_id AND m.organization_id = $3
            AND (s.sso_organization_id IS NULL OR s.sso_organization_id = $3)`,
        [sessionId, userId, organizationId, new Date(clock())],
      );
      if (rowCount === 0) throw new IdentityError('not_a_member');
    },

    async proveFresh({ sessionId, userId, password }) {
      if (!isUuid(sessionId) || !isUuid(userId) || !fitsPassword(password)) {
        throw new IdentityError('invalid_credentials');
      }
      const admission = await attempts.admit([{ kind: 'proof', value: userId, limit: failuresPerPerson }]);
      await settled(admission, async () => {
        const { rows } = await pool.query<{ password: string }>(
          `SELECT a.password
             FROM sessions s
             JOIN accounts a ON a.user_id = s.user_id AND a.provider_id = 'credential'
            WHERE s.id = $1 AND s.user_id = $2 AND s.expires_at > $3 AND a.password IS NOT NULL`,
          [sessionId, userId, new Date(clock())],
        );
        const hash = rows[0]?.password;
        if (hash === undefined || !(await passwords.verify({ hash, password }))) {
          throw new IdentityError('invalid_credentials');
        }
      });
      await markFresh(pool, sessionId, clock());
    },

    async setPassword({ userId, password }, db) {
      if (!isAcceptablePassword(password)) throw new IdentityError('weak_password');
      const hash = await passwords.hash(password);
      await db.query(
        `INSERT INTO accounts (id, user_id, provider_id, account_id, password, created_at, updated_at)
         VALUES ($1, $2, 'credential', $3, $4, $5, $5)
         ON CONFLICT (provider_id, account_id) DO UPDATE SET password = $4, updated_at = $5`,
        [newId(), userId, userId, hash, new Date(clock())],
      );
    },

    async createUser({ email, name, password }, db = pool) {
      const address = readEmail(email);
      if (address === null) throw new IdentityError('invalid_email');
      const userName = readName(name);
      if (!isAcceptablePassword(password)) throw new IdentityError('weak_password');
      const hash = await passwords.hash(password);
      const userId = newId();
      // One statement, so that no user is left without a way to sign in.
      const { rowCount } = await db.query(
        `WITH created AS (
           INSERT INTO users (id, email, name, created_at, updated_at) VALUES ($1, $2, $3, $6, $6)
           ON CONFLICT (email) DO NOTHING RETURNING id)
         INSERT INTO accounts (id, user_id, provider_id, account_id, password, created_at, updated_at)
         SELECT $4, id, 'credential', id::text, $5, $6, $6 FROM created`,
        [userId, address, userName, newId(), hash, new Date(clock())],
      );
      if (rowCount === 0) throw new IdentityError('email_taken');
      return { userId };
    },

    async hasAnyUser() {
      const { rows } = await pool.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM users) AS found');
      return rows[0]?.found === true;
    },

    async organizationsOf(userId) {
      if (!isUuid(userId)) return [];
      const { rows } = await pool.query<OrganizationOfUser>(
        `SELECT o.id, o.name, o.slug, m.role
           FROM members m JOIN organizations o ON o.id = m.organization_id
          WHERE m.user_id = $1 ORDER BY o.name, o.id`,
        [userId],
      );
      return rows;
    },
  };
}

/**
 * Runs a password check under an admission. A wrong password keeps the attempt counted, a right one
 * clears the count, and anything else (a full queue, a lost database) takes the attempt back.
 */
async function settled<T>(admission: Admission, check: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await check();
  } catch (error) {
    if (isWrongGuess(error)) throw error;
    if (isWrongPassword(error)) throw new IdentityError('invalid_credentials');
    await admission.withdraw().catch(() => undefined);
    throw error;
  }
  await admission.succeeded();
  return result;
}

/** better-auth answers 400 or 401 to credentials it does not take. */
function isWrongPassword(error: unknown): boolean {
  return error instanceof APIError && (error.statusCode === 400 || error.statusCode === 401);
}

function isWrongGuess(error: unknown): boolean {
  return (
    error instanceof IdentityError && (error.code === 'invalid_credentials' || error.code === 'wrong_code')
  );
}

const tokenLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A session token in better-auth's form: 32 letters and digits, 190 random bits. */
function createToken(random: RandomBytes): string {
  let token = '';
  while (token.length < 32) {
    for (const byte of random(32)) {
      // Bytes past the last whole multiple would make the first letters likelier.
      if (byte < 248 && token.length < 32) token += tokenLetters.charAt(byte % 62);
    }
  }
  return token;
}

/** The address as it is stored, or null when it is none. */
function readEmail(text: string): string | null {
  if (text.length > 300) return null;
  const email = text.trim().toLowerCase();
  return email.length <= 254 && z.email().safeParse(email).success ? email : null;
}

/** A key for one purpose (HKDF, RFC 5869), so that no two uses of the secret meet. */
function deriveKey(secret: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)).toString('base64');
}
