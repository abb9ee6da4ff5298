import {
  changePassword as changePasswordOperation,
  endMemberSessions as endMemberSessionsOperation,
} from '@trunkline/contract/account';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { addMember } from '../../identity/organizations.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp, testPassword } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization, TestPerson } from '../../testing/test-app.ts';
import { signIn } from '../access/sign-in.ts';
import { changePassword } from './change-password.ts';
import { endMemberSessions } from './end-member-sessions.ts';
import { endOtherSessions } from './end-other-sessions.ts';
import { endSession } from './end-session.ts';
import { getAccount } from './get-account.ts';
import { listSessions } from './list-sessions.ts';
import { updateProfile } from './update-profile.ts';

let test: TestApp;
let works: TestOrganization;
let person: TestPerson;

beforeAll(async () => {
  test = await createTestApp();
});
beforeEach(async () => {
  works = await test.createOrganization();
  person = works.people.utility_admin;
});
afterAll(() => test.close());

const isAlive = async (ctx: Ctx): Promise<boolean> =>
  (await test.app.identity.authenticate(ctx.request.headers)) !== null;

const sessionId = (ctx: Ctx): string => (ctx.actor.type === 'user' ? ctx.actor.sessionId : '');

async function records(action: string): Promise<{ actor: string; target: string; changes: unknown }[]> {
  const { rows } = await test.app.pool.query<{ actor: string; target: string; changes: unknown }>(
    `SELECT actor_name AS actor, target_id AS target, changes FROM audit_log
     WHERE organization_id = $1 AND action = $2 ORDER BY sequence`,
    [works.id, action],
  );
  return rows;
}

describe('the list of sessions', () => {
  it('has this one first, then the last used, with browser and address, and nobody else’s', async () => {
    const first = await test.signedIn(person);
    test.time.advance(60_000);
    const second = await test.signedIn(person);
    await test.signedIn(works.people.viewer);
    const { sessions } = await listSessions(first, {});
    expect(sessions.map(({ id, current }) => [id, current])).toEqual([
      [sessionId(first), true],
      [sessionId(second), false],
    ]);
    expect(sessions[0]).toMatchObject({
      method: 'password',
      browser: 'Unknown browser',
      address: expect.stringMatching(/^10\.9\./) as string,
      lastSeenAt: new Date(test.time.now - 60_000).toISOString(),
    });
    expect(JSON.stringify(sessions)).not.toContain('token');
  });

  it('leaves out what has ended by itself', async () => {
    await test.signedIn(person);
    test.time.advance(8 * 86_400_000);
    const now = await test.signedIn(person);
    expect((await listSessions(now, {})).sessions).toHaveLength(1);
  });
});

describe('ending sessions', () => {
  it('ends one at once, and only one’s own', async () => {
    const [here, there, other] = [
      await test.signedIn(person),
      await test.signedIn(person),
      await test.signedIn(works.people.viewer),
    ];
    await endSession(here, { id: sessionId(there) });
    expect([await isAlive(here), await isAlive(there)]).toEqual([true, false]);
    expect((await refusalOf(endSession(here, { id: sessionId(there) }))).code).toBe('not_found');
    expect((await refusalOf(endSession(here, { id: sessionId(other) }))).code).toBe('not_found');
    expect(await isAlive(other)).toBe(true);
    expect(await records('member.session_ended')).toMatchObject([{ actor: person.name, target: person.id }]);
  });

  it('ends all but this one, and says how many', async () => {
    const here = await test.signedIn(person);
    const others = [await test.signedIn(person), await test.signedIn(person)];
    expect(await endOtherSessions(here, {})).toEqual({ ended: 2 });
    expect(await isAlive(here)).toBe(true);
    for (const other of others) expect(await isAlive(other)).toBe(false);
    expect(await endOtherSessions(here, {})).toEqual({ ended: 0 });
    expect(await records('member.sessions_ended')).toMatchObject([
      { changes: { sessions: { before: 3, after: 1 } } },
    ]);
  });

  it('of a member is for system administrators, and stays within the organization', async () => {
    const elsewhere = await test.createOrganization();
    await addMember(test.app.pool, {
      id: test.app.newId(),
      organizationId: elsewhere.id,
      userId: person.id,
      role: 'viewer',
    });
    const [here, there] = [await test.signedIn(person), await test.signedIn(person)];
    await test.app.identity.setActiveOrganization(sessionId(there), person.id, elsewhere.id);
    const administrator = test.as('system_admin', works);
    expect(await endMemberSessions(administrator, { userId: person.id })).toEqual({ ended: 1 });
    expect([await isAlive(here), await isAlive(there)]).toEqual([false, true]);
    const stranger = elsewhere.people.viewer.id;
    expect((await refusalOf(endMemberSessions(administrator, { userId: stranger }))).code).toBe('not_found');
    await expectRefusals(test, works, endMemberSessionsOperation, (ctx) =>
      endMemberSessions(ctx, { userId: person.id }),
    );
    expect(await records('member.sessions_ended')).toMatchObject([
      { actor: works.people.system_admin.name, target: person.id },
    ]);
  });
});

describe('the account', () => {
  it('has a name that its owner changes, everywhere', async () => {
    const ctx = await test.signedIn(person);
    expect(await updateProfile(ctx, { name: ' Ada L. ' })).toMatchObject({
      name: 'Ada L.',
      email: person.email,
      hasPassword: true,
    });
    expect((await getAccount(ctx, {})).name).toBe('Ada L.');
    expect(await records('member.name_changed')).toMatchObject([
      { changes: { name: { before: person.name, after: 'Ada L.' } } },
    ]);
    expect((await refusalOf(updateProfile(ctx, { name: 'a\u0007b' }))).errors?.[0]?.pointer).toBe('/name');
  });

  it('changes its password by the old one, and whoever else is signed in is out', async () => {
    const [here, there] = [await test.signedIn(person), await test.signedIn(person)];
    const newPassword = 'quite another password';
    const wrong = await refusalOf(changePassword(here, { currentPassword: 'not this one', newPassword }));
    expect([wrong.code, wrong.errors?.[0]?.pointer]).toEqual(['invalid_input', '/currentPassword']);
    expect(await isAlive(there)).toBe(true);
    expect(await changePassword(here, { currentPassword: testPassword, newPassword })).toEqual({ ended: 1 });
    expect([await isAlive(here), await isAlive(there)]).toEqual([true, false]);
    const { email } = person;
    expect((await refusalOf(signIn(test.anonymous(), { email, password: testPassword }))).code).toBe(
      'invalid_credentials',
    );
    expect(await signIn(test.anonymous(), { email, password: newPassword })).toMatchObject({
      user: { id: person.id },
    });
    expect(JSON.stringify(await records('member.password_changed'))).not.toContain(newPassword);
    expect(await records('member.password_changed')).toHaveLength(1);
  });

  it('locks after five wrong old passwords, also for the right one', async () => {
    const ctx = await test.signedIn(person);
    const newPassword = 'quite another password';
    const guess = (currentPassword: string) => changePassword(ctx, { currentPassword, newPassword });
    for (let n = 0; n < 5; n += 1) await refusalOf(guess('wrong'));
    const refusal = await refusalOf(guess(testPassword));
    expect([refusal.code, (refusal.retryAfterSeconds ?? 0) > 60]).toEqual(['too_many_sign_ins', true]);
  });

  it('is for people, never for an API key or somebody signed out', async () => {
    for (const verb of [getAccount, listSessions, endOtherSessions]) {
      expect((await refusalOf(verb(test.anonymous(), {}))).code).toBe('unauthenticated');
      expect((await refusalOf(verb(test.apiKey(works), {}))).code).toBe('forbidden');
    }
    expect(changePasswordOperation.people).toBe(true);
  });
});
