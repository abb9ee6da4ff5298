import { randomBytes } from 'node:crypto';
import type { Role } from '@trunkline/contract/permissions';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import { rememberingHashing } from '../testing/remembering-hashing.ts';
import { clientAddressHeader } from './client.ts';
import { IdentityError } from './errors.ts';
import { createIdentity } from './identity.ts';
import type { Identity, IdentityOptions, SignedIn } from './identity.ts';
import { addMember, createOrganization } from './organizations.ts';
import type { Hashing } from './passwords.ts';
import { uuidV7 } from './uuid.ts';

const hashes = new Map<string, Promise<string>>();
/** The real hashing, counted. A password has one hash here, and what was checked before has the same outcome again. */
const hashing = {
  hash: vi.fn<Hashing['hash']>((text) => {
    const hash = hashes.get(text) ?? rememberingHashing.hash(text);
    hashes.set(text, hash);
    return hash;
  }),
  verify: vi.fn<Hashing['verify']>(rememberingHashing.verify),
};

const minute = 60_000;
const day = 24 * 60 * minute;
const secret = 'a secret of at least thirty-two characters';
const password = 'correct horse battery';
const wrong = 'wrong horse battery!';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let now: number;
let identity: Identity;
let people = 0;

const newId = (): string => uuidV7(now, randomBytes);

function node(changes: Partial<IdentityOptions> = {}): Identity {
  const publicUrl = 'http://localhost:8080';
  return createIdentity({
    pool,
    secret,
    publicUrl,
    secureCookies: false,
    clock: () => now,
    hashing,
    ...changes,
  });
}

function from(address: string, more: Record<string, string> = {}): Headers {
  return new Headers({ [clientAddressHeader]: address, 'user-agent': 'test', ...more });
}

let addresses = 0;
/** An address nobody used before, so that tests do not fill each other's network count. */
const anywhere = (more: Record<string, string> = {}): Headers =>
  from(`10.1.${Math.floor(++addresses / 250)}.${addresses % 250}`, more);

const cookieOf = (setCookie: string[]): string => (setCookie[0] ?? '').split(';')[0] ?? '';
const withCookie = (cookie: string): Headers => new Headers({ cookie });

async function person(role?: Role): Promise<{ email: string; userId: string; organizationId: string }> {
  const email = `person${++people}@example.com`;
  const { userId } = await identity.createUser({ email, name: 'Ada Lovelace', password });
  const { id: organizationId } = await createOrganization(pool, { id: newId(), name: `Works ${people}` });
  if (role) await addMember(pool, { id: newId(), organizationId, userId, role });
  return { email, userId, organizationId };
}

async function signedIn(email: string): Promise<{ cookie: string; session: SignedIn }> {
  const { setCookie, session } = await identity.signIn({ email, password, headers: anywhere() });
  return { cookie: cookieOf(setCookie), session };
}

async function refusal(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; after: number | null }> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof IdentityError)) throw new Error('expected an IdentityError', { cause: error });
  return { code: error.code, message: error.message, after: error.retryAfterSeconds };
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());
beforeEach(() => {
  now = Date.UTC(2026, 10, 23, 12);
  identity = node();
});

describe('signing in', () => {
  it('gives a session that the cookie finds again, on any node', async () => {
    const { email, userId, organizationId } = await person('utility_admin');
    const { cookie, session } = await signedIn(`  ${email.toUpperCase()} `);
    expect(session).toMatchObject({
      userId,
      email,
      name: 'Ada Lovelace',
      role: 'utility_admin',
      freshAt: now,
    });
    expect(session.organizationId).toBe(organizationId);
    expect(await identity.authenticate(withCookie(cookie))).toEqual(session);
    expect(await node().authenticate(withCookie(`other=1; ${cookie}; last=2`))).toEqual(session);
  });

  it('is unknown without a cookie, and after the secret changed', async () => {
    const { email } = await person('viewer');
    const { cookie } = await signedIn(email);
    expect(await identity.authenticate(new Headers())).toBeNull();
    expect(await node({ secret: `${secret}!` }).authenticate(withCookie(cookie))).toBeNull();
  });

  it('answers a wrong email and a wrong password alike, for one hash each', async () => {
    const { email } = await person();
    const hashings = () => hashing.hash.mock.calls.length + hashing.verify.mock.calls.length;
    const before = hashings();
    const known = await refusal(identity.signIn({ email, password: wrong, headers: anywhere() }));
    const middle = hashings();
    const nobody = { email: 'nobody@example.com', password: wrong, headers: anywhere() };
    expect(await refusal(identity.signIn(nobody))).toEqual(known);
    expect(known.code).toBe('invalid_credentials');
    expect([middle - before, hashings() - middle]).toEqual([1, 1]);
  });

  it.each([
    '',
    'no address',
    'a@b',
    "' OR 1=1 --@example.com",
    `${'a'.repeat(400)}@example.com`,
    'a\0@example.com',
  ])('refuses %j as an email like any wrong one', async (email) => {
    const result = await refusal(identity.signIn({ email, password, headers: anywhere() }));
    expect(result.code).toBe('invalid_credentials');
  });

  it('refuses an empty and an overlong password unhashed', async () => {
    const { email } = await person();
    const before = hashing.verify.mock.calls.length;
    for (const text of ['', 'x'.repeat(129)]) {
      const result = await refusal(identity.signIn({ email, password: text, headers: anywhere() }));
      expect(result.code).toBe('invalid_credentials');
    }
    expect(hashing.verify.mock.calls.length).toBe(before);
  });

  it('never adopts a cookie: each sign-in has a new token, and the session before it ends', async () => {
    const { email } = await person('viewer');
    const first = await signedIn(email);
    const headers = anywhere({ cookie: first.cookie });
    const second = await identity.signIn({ email, password, headers });
    expect(cookieOf(second.setCookie)).not.toBe(first.cookie);
    expect(second.session.sessionId).not.toBe(first.session.sessionId);
    expect(await identity.authenticate(withCookie(first.cookie))).toBeNull();

    const planted = `trunkline_session=${'A'.repeat(32)}.${'A'.repeat(43)}%3D`;
    const third = await identity.signIn({ email, password, headers: anywhere({ cookie: planted }) });
    expect(cookieOf(third.setCookie)).not.toContain('A'.repeat(32));
    expect(await identity.authenticate(withCookie(planted))).toBeNull();
  });

  it('keeps hostile headers out: no forwarded address, no control characters, no other cookies', async () => {
    const { email } = await person('viewer');
    const headers = from('2001:db8:0:1::7, 1.2.3.4', {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'user-agent': `<script>\t\x80\xff${'x'.repeat(5000)}`,
      cookie:
        'better-auth.dont_remember=true; trunkline_session=%E0%A4%A; ; =; __Secure-better-auth.session_token=x',
    });
    const { session, setCookie } = await identity.signIn({ email, password, headers });
    expect(setCookie).toHaveLength(1);
    const { rows } = await pool.query('SELECT ip_address, user_agent FROM sessions WHERE id = $1', [
      session.sessionId,
    ]);
    expect(rows[0].ip_address).not.toContain('203.0.113.9');
    expect(rows[0].user_agent).toBe(`<script>${'x'.repeat(504)}`);
  });

  it('keeps only hashes of the token and the password', async () => {
    const { email, userId } = await person('viewer');
    const { cookie } = await signedIn(email);
    const token = cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf('.'));
    expect(token).toHaveLength(32);
    const { rows } = await pool.query(
      `SELECT to_jsonb(s)::text || to_jsonb(a)::text || to_jsonb(u)::text AS stored
         FROM sessions s JOIN accounts a USING (user_id) JOIN users u ON u.id = s.user_id WHERE s.user_id = $1`,
      [userId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].stored).not.toContain(token);
    expect(rows[0].stored).not.toContain(password);
  });

  it('uses UUIDs of version 7', async () => {
    const { email, userId } = await person('viewer');
    const { session } = await signedIn(email);
    for (const id of [userId, session.sessionId]) expect(id).toMatch(/^[0-9a-f-]{14}7[0-9a-f]{3}-[89ab]/);
  });

  it('prints nothing', async () => {
    const output = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
      vi.spyOn(console, level),
    );
    const { email } = await person('viewer');
    await signedIn(email);
    await refusal(identity.signIn({ email, password: wrong, headers: anywhere() }));
    for (const spy of [...output, ...consoles]) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('the cookie', () => {
  it('is __Host- prefixed and Secure on https', async () => {
    const { email } = await person('viewer');
    const secure = node({ publicUrl: 'https://hooks.example.com', secureCookies: true });
    const { setCookie } = await secure.signIn({ email, password, headers: anywhere() });
    expect(setCookie).toHaveLength(1);
    const [pair = '', ...attributes] = (setCookie[0] ?? '').split('; ');
    expect(pair).toMatch(/^__Host-trunkline_session=/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax', 'Secure']);
    expect(await secure.authenticate(withCookie(pair))).not.toBeNull();
    expect(await secure.authenticate(withCookie(pair.replace('__Host-', '')))).toBeNull();
    expect((await secure.signOut(withCookie(pair))).setCookie).toEqual([
      '__Host-trunkline_session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ]);
  });

  it('has a plain name and no Secure on http', async () => {
    const { email } = await person('viewer');
    const { setCookie } = await identity.signIn({ email, password, headers: anywhere() });
    const [pair = '', ...attributes] = (setCookie[0] ?? '').split('; ');
    expect(pair).toMatch(/^trunkline_session=/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax']);
  });

  it('counts for nothing when one character is changed', async () => {
    const { email } = await person('viewer');
    const { cookie } = await signedIn(email);
    const start = cookie.indexOf('=') + 1;
    const accepted: string[] = [];
    for (let at = start; at < cookie.length; at += 1) {
      const other = cookie[at] === 'A' ? 'B' : 'A';
      const changed = cookie.slice(0, at) + other + cookie.slice(at + 1);
      if (await identity.authenticate(withCookie(changed))) accepted.push(changed);
    }
    expect(accepted).toEqual([]);
    expect(await identity.authenticate(withCookie(cookie))).not.toBeNull();
  });
});

describe('a session', () => {
  it('ends at sign-out, at once and on every node', async () => {
    const { email } = await person('viewer');
    const { cookie } = await signedIn(email);
    const { setCookie } = await identity.signOut(withCookie(cookie));
    expect(setCookie).toEqual(['trunkline_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
    expect(await node().authenticate(withCookie(cookie))).toBeNull();
    expect((await identity.signOut(new Headers())).setCookie).toEqual(setCookie);
  });

  it('ends seven days after its last use', async () => {
    const { email } = await person('viewer');
    const { cookie } = await signedIn(email);
    now += 7 * day - 1;
    expect(await identity.authenticate(withCookie(cookie))).not.toBeNull();
    now += 7 * day - 1;
    expect(await identity.authenticate(withCookie(cookie))).not.toBeNull();
    now += 7 * day;
    expect(await identity.authenticate(withCookie(cookie))).toBeNull();
  });

  it('ends thirty days after sign-in however often it is used', async () => {
    const { email } = await person('viewer');
    const { cookie } = await signedIn(email);
    for (let days = 0; days < 29; days += 1) {
      now += day;
      expect(await identity.authenticate(withCookie(cookie))).not.toBeNull();
    }
    now += day;
    expect(await identity.authenticate(withCookie(cookie))).toBeNull();
  });

  it('is removed from the database once it has ended', async () => {
    const { email } = await person('viewer');
    const { session } = await signedIn(email);
    now += 8 * day;
    await signedIn(email);
    const { rowCount } = await pool.query('SELECT FROM sessions WHERE id = $1', [session.sessionId]);
    expect(rowCount).toBe(0);
  });

  it('costs one query, and one more at most every five minutes, which note when it was last seen', async () => {
    const { email, userId } = await person('viewer');
    const { cookie } = await signedIn(email);
    const queries = vi.spyOn(pool, 'query');
    const cost = async (): Promise<number> => {
      queries.mockClear();
      await identity.authenticate(withCookie(cookie));
      return queries.mock.calls.length;
    };
    expect(await cost()).toBe(1);
    now += 5 * 60_000 - 1;
    expect(await cost()).toBe(1);
    now += 1;
    expect([await cost(), await cost()]).toEqual([2, 1]);
    const { rows } = await pool.query('SELECT updated_at FROM sessions WHERE user_id = $1', [userId]);
    expect(rows).toEqual([{ updated_at: new Date(now) }]);
    queries.mockRestore();
  });

  it('loses role and organization at once when the membership goes', async () => {
    const { email, userId, organizationId } = await person('system_admin');
    const { cookie } = await signedIn(email);
    await pool.query("UPDATE members SET role = 'viewer' WHERE user_id = $1", [userId]);
    expect(await identity.authenticate(withCookie(cookie))).toMatchObject({ organizationId, role: 'viewer' });
    await pool.query('DELETE FROM members WHERE user_id = $1', [userId]);
    expect(await identity.authenticate(withCookie(cookie))).toMatchObject({
      userId,
      organizationId: null,
      role: null,
    });
  });

  it('works only in an organization its user belongs to', async () => {
    const { email, userId } = await person('viewer');
    const other = await person();
    const { cookie, session } = await signedIn(email);
    const { sessionId } = session;
    const choose = (id: string, user = userId) => identity.setActiveOrganization(sessionId, user, id);
    expect((await refusal(choose(other.organizationId))).code).toBe('not_a_member');
    expect((await refusal(choose("' OR 1=1"))).code).toBe('not_a_member');
    await addMember(pool, {
      id: newId(),
      organizationId: other.organizationId,
      userId,
      role: 'utility_admin',
    });
    expect((await refusal(choose(other.organizationId, other.userId))).code).toBe('not_a_member');
    await choose(other.organizationId);
    expect(await identity.authenticate(withCookie(cookie))).toMatchObject({
      organizationId: other.organizationId,
      role: 'utility_admin',
    });
    expect((await identity.organizationsOf(userId)).map(({ role }) => role)).toEqual([
      'viewer',
      'utility_admin',
    ]);
  });
});

describe('proving identity again', () => {
  it('moves freshAt of this session only', async () => {
    const { email, userId } = await person('viewer');
    const { cookie, session } = await signedIn(email);
    const other = await signedIn(email);
    now += 10 * minute;
    await identity.proveFresh({ sessionId: session.sessionId, userId, password });
    expect((await identity.authenticate(withCookie(cookie)))?.freshAt).toBe(now);
    expect((await identity.authenticate(withCookie(other.cookie)))?.freshAt).toBe(now - 10 * minute);
  });

  it('refuses a wrong password and another user, and leaves freshAt', async () => {
    const { email, userId } = await person('viewer');
    const other = await person('viewer');
    const { cookie, session } = await signedIn(email);
    now += minute;
    const { sessionId } = session;
    for (const input of [
      { sessionId, userId, password: wrong },
      { sessionId, userId: other.userId, password },
      { sessionId: newId(), userId, password },
      { sessionId: 'x', userId: 'y', password },
    ]) {
      expect((await refusal(identity.proveFresh(input))).code).toBe('invalid_credentials');
    }
    expect((await identity.authenticate(withCookie(cookie)))?.freshAt).toBe(now - minute);
  });

  it('is limited like sign-in, but not by strangers failing to sign in', async () => {
    const { email, userId } = await person('viewer');
    const { sessionId } = (await signedIn(email)).session;
    for (let i = 0; i < 5; i += 1) {
      await refusal(identity.signIn({ email, password: wrong, headers: anywhere() }));
    }
    await identity.proveFresh({ sessionId, userId, password });
    for (let i = 0; i < 5; i += 1) {
      const result = await refusal(node().proveFresh({ sessionId, userId, password: wrong }));
      expect(result.code).toBe('invalid_credentials');
    }
    const result = await refusal(node().proveFresh({ sessionId, userId, password }));
    expect(result).toMatchObject({ code: 'too_many_sign_ins', after: 900 });
  });
});

describe('the lockout', () => {
  it('holds across nodes after five failures for one email, also for the right password', async () => {
    const { email } = await person('viewer');
    const nodes = [node(), node()];
    const attempt = (i: number, text: string) =>
      refusal(nodes[i % 2]!.signIn({ email, password: text, headers: anywhere() }));
    for (let i = 0; i < 5; i += 1) {
      expect((await attempt(i, wrong)).code).toBe('invalid_credentials');
      now += minute;
    }
    expect(await attempt(5, password)).toMatchObject({ code: 'too_many_sign_ins', after: 600 });
    expect(await attempt(6, password)).toMatchObject({ code: 'too_many_sign_ins', after: 600 });
    now += 10 * minute;
    await signedIn(email);
  });

  it('lets no more than five of many parallel guesses through', async () => {
    const { email } = await person('viewer');
    const nodes = [node(), node()];
    const before = hashing.verify.mock.calls.length;
    const guesses = Array.from({ length: 24 }, (_, i) =>
      refusal(nodes[i % 2]!.signIn({ email, password: wrong, headers: anywhere() })),
    );
    const codes = (await Promise.all(guesses)).map(({ code }) => code).sort();
    expect(codes).toEqual([...Array(5).fill('invalid_credentials'), ...Array(19).fill('too_many_sign_ins')]);
    expect(hashing.verify.mock.calls.length - before).toBe(5);
  });

  it('counts unknown emails the same way', async () => {
    const email = 'stranger@example.com';
    for (let i = 0; i < 5; i += 1) {
      expect((await refusal(identity.signIn({ email, password, headers: anywhere() }))).code).toBe(
        'invalid_credentials',
      );
    }
    expect((await refusal(identity.signIn({ email, password, headers: anywhere() }))).code).toBe(
      'too_many_sign_ins',
    );
  });

  it('starts again at a success', async () => {
    const { email } = await person('viewer');
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 4; i += 1) {
        await refusal(identity.signIn({ email, password: wrong, headers: anywhere() }));
      }
      expect((await signedIn(email)).session.email).toBe(email);
    }
  });

  it('holds a network after twenty failures, whatever the emails, and its own successes do not free it', async () => {
    const { email } = await person('viewer');
    const at = (i: number) => from(`2001:db8:7:7::${i.toString(16)}`);
    for (let i = 0; i < 20; i += 1) {
      const guess = { email: `guess${i}@example.com`, password, headers: at(i) };
      expect((await refusal(identity.signIn(guess))).code).toBe('invalid_credentials');
      if (i === 10) await identity.signIn({ email, password, headers: at(99) });
    }
    const result = await refusal(identity.signIn({ email, password, headers: at(21) }));
    expect(result).toMatchObject({ code: 'too_many_sign_ins', after: 900 });
    await identity.signIn({ email, password, headers: from('2001:db8:7:8::1') });
  });

  it('counts all requests without a usable address as one network', async () => {
    const headers = [new Headers(), from('nonsense'), from('1.2.3.4, 5.6.7.8'), from("'; DROP TABLE users")];
    for (let i = 0; i < 20; i += 1) {
      const guess = { email: `ghost${i}@example.com`, password, headers: headers[i % 4]! };
      expect((await refusal(identity.signIn(guess))).code).toBe('invalid_credentials');
    }
    const last = { email: 'ghost@example.com', password, headers: new Headers() };
    expect((await refusal(identity.signIn(last))).code).toBe('too_many_sign_ins');
  });

  it('keeps no text that was typed, and nothing older than its window', async () => {
    await pool.query('DELETE FROM sign_in_attempts');
    const typed = 'my-password@example.com';
    await refusal(identity.signIn({ email: typed, password: wrong, headers: anywhere() }));
    now += 15 * minute;
    await refusal(identity.signIn({ email: typed, password: wrong, headers: anywhere() }));
    const { rows } = await pool.query(
      'SELECT encode(subject, $1) AS subject, attempted_at FROM sign_in_attempts',
      ['escape'],
    );
    expect(rows.map((row) => row.attempted_at.getTime())).toEqual([now, now]);
    expect(rows.map((row) => row.subject).join()).not.toContain('my-password');
  });

  it('takes an attempt back when no password was checked', async () => {
    const { email } = await person('viewer');
    const broken = hashing.verify.mockRejectedValue(new Error('out of memory'));
    for (let i = 0; i < 6; i += 1) {
      await expect(identity.signIn({ email, password, headers: anywhere() })).rejects.toThrow(
        'out of memory',
      );
    }
    broken.mockReset();
    await signedIn(email);
  });
});

describe('creating users', () => {
  it('knows whether there is one', async () => {
    const empty = await createTestDatabase();
    try {
      const first = node({ pool: empty.pool });
      expect(await first.hasAnyUser()).toBe(false);
      await first.createUser({ email: 'first@example.com', name: 'First', password });
      expect(await first.hasAnyUser()).toBe(true);
    } finally {
      await empty.drop();
    }
  });

  it('refuses a taken email in any case, also when two ask at once', async () => {
    const create = (email: string) => identity.createUser({ email, name: 'Twin', password });
    const results = await Promise.allSettled([create('twin@example.com'), create('Twin@Example.COM')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await refusal(create('twin@example.com'))).code).toBe('email_taken');
  });

  it.each([
    ['eleven char', 'weak_password'],
    ['x'.repeat(129), 'weak_password'],
    ['🔑'.repeat(11), 'weak_password'],
  ])('refuses the password %j', async (text, code) => {
    const input = { email: 'weak@example.com', name: 'Weak', password: text };
    expect((await refusal(identity.createUser(input))).code).toBe(code);
  });

  it.each([
    [{ email: 'nonsense' }, 'invalid_email'],
    [{ email: `${'a'.repeat(250)}@example.com` }, 'invalid_email'],
    [{ name: '   ' }, 'invalid_name'],
    [{ name: 'a\0b' }, 'invalid_name'],
    [{ name: '\ud800' }, 'invalid_name'],
    [{ name: 'x'.repeat(201) }, 'invalid_name'],
  ])('refuses %j', async (part, code) => {
    const input = { email: 'fine@example.com', name: 'Fine', password, ...part };
    expect((await refusal(identity.createUser(input))).code).toBe(code);
  });

  it('can be part of a transaction', async () => {
    const db = await pool.connect();
    await db.query('BEGIN');
    await identity.createUser({ email: 'undone@example.com', name: 'Undone', password }, db);
    await db.query('ROLLBACK');
    db.release();
    const { rowCount } = await pool.query("SELECT FROM users WHERE email = 'undone@example.com'");
    expect(rowCount).toBe(0);
  });

  it('refuses to start with a short secret', () => {
    expect(() => node({ secret: 'short' })).toThrow('at least 32 characters');
  });
});
