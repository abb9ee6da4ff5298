import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import { createAuth } from './better-auth.ts';
import { hashSessionToken } from './cookie.ts';
import { createPasswords } from './passwords.ts';
import { newSessionFields } from './sessions.ts';
import { uuidV7 } from './uuid.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('session tokens under better-auth', () => {
  it('are hashed in rows and conditions, so its own session functions keep working', async () => {
    const { pool } = database;
    const auth = createAuth({
      pool,
      secret: 'k'.repeat(44),
      publicUrl: 'http://localhost:8080',
      secureCookies: false,
      cookieMaxAge: 3600,
      addressHeader: 'x-address',
      passwords: createPasswords(),
      newId: () => uuidV7(Date.now(), randomBytes),
      sessionFields: (userId) => newSessionFields(pool, userId, Date.now()),
    });
    const userId = uuidV7(Date.now(), randomBytes);
    await pool.query("INSERT INTO users (id, email, name) VALUES ($1, 'hash@example.com', 'H')", [userId]);
    const { internalAdapter, adapter } = await auth.$context;
    const stored = async () =>
      (await pool.query('SELECT token_hash FROM sessions')).rows.map((row) => row.token_hash);

    const { token } = await internalAdapter.createSession(userId);
    expect(token).toHaveLength(32);
    expect(await stored()).toEqual([hashSessionToken(token)]);
    expect((await internalAdapter.findSession(token))?.session.token).toBe(token);
    expect(await internalAdapter.findSession(hashSessionToken(token))).toBeNull();
    expect((await internalAdapter.updateSession(token, { userAgent: 'new' }))?.token).toBe(token);

    const inside = await adapter.transaction((inner) =>
      inner.findOne<{ token: string }>({ model: 'session', where: [{ field: 'token', value: token }] }),
    );
    expect(inside?.token).toBe(token);

    const other = await internalAdapter.createSession(userId);
    await internalAdapter.deleteSession(token);
    expect(await stored()).toEqual([hashSessionToken(other.token)]);
    await internalAdapter.deleteSessions([other.token]);
    expect(await stored()).toEqual([]);
  });
});
