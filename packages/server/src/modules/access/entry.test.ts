import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { cookieOf, createTestApp, testPassword } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { addMember } from '../../identity/organizations.ts';
import { getSession } from './get-session.ts';
import { reauthenticate } from './reauthenticate.ts';
import { setUp } from './set-up.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { switchOrganization } from './switch-organization.ts';

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function actions(organizationId: string): Promise<string[]> {
  const { rows } = await test.app.pool.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE organization_id = $1 ORDER BY sequence',
    [organizationId],
  );
  return rows.map(({ action }) => action);
}

describe('the first visit', () => {
  const first = {
    organizationName: ' Acme ',
    name: 'Ada',
    email: 'ada@example.com',
    password: 'a password of some length',
  };

  it('needs setting up, which two at the same time do only once', async () => {
    expect(await getSession(test.anonymous(), {})).toMatchObject({ needsSetup: true, user: null });
    const calls = [test.anonymous(), test.anonymous()] as const;
    const results = await Promise.allSettled([
      setUp(calls[0], first),
      setUp(calls[1], { ...first, email: 'eve@example.com' }),
    ]);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    const loser = results[1 - winner];
    expect(loser?.status === 'rejected' ? loser.reason : null).toMatchObject({ code: 'setup_completed' });
    expect(calls[1 - winner]?.cookies).toEqual([]);

    const result = results[winner];
    if (result?.status !== 'fulfilled') throw new Error('nobody won');
    const session = result.value;
    expect(session).toMatchObject({
      needsSetup: false,
      user: { name: 'Ada' },
      organization: { name: 'Acme' },
      role: 'system_admin',
    });
    expect(session.permissions).toContain('member.write');
    const cookie = cookieOf(calls[winner]?.cookies ?? []);
    const signedIn = await test.app.identity.authenticate(new Headers({ cookie }));
    expect(signedIn).toMatchObject({ userId: session.user?.id, organizationId: session.organization?.id });

    const { rows } = await test.app.pool.query(
      'SELECT (SELECT count(*) FROM users) AS users, count(*) FROM organizations',
    );
    expect(rows).toEqual([{ users: 1, count: 1 }]);
    const { rows: keys } = await test.app.pool.query('SELECT organization_id, created_by FROM api_keys');
    expect(keys).toEqual([{ organization_id: session.organization?.id, created_by: 'Ada' }]);
    expect(await actions(session.organization?.id ?? '')).toEqual([
      'organization.created',
      'member.joined',
      'api_key.created',
      'member.signed_in',
    ]);
    const { rows: actors } = await test.app.pool.query(
      'SELECT DISTINCT actor_type, actor_name, ip FROM audit_log ORDER BY actor_type',
    );
    expect(actors).toMatchObject([
      { actor_type: 'system', ip: calls[winner]?.request.ip },
      { actor_type: 'user', actor_name: 'Ada' },
    ]);
  });

  it('is over once anybody exists', async () => {
    const refusal = await refusalOf(setUp(test.anonymous(), { ...first, email: 'other@example.com' }));
    expect(refusal.code).toBe('setup_completed');
  });

  it('leaves nothing behind when the password is weak or a name cannot be stored', async () => {
    const other = await createTestApp();
    try {
      const weak = await refusalOf(setUp(other.anonymous(), { ...first, password: 'short' }));
      expect(weak).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/password' }] });
      const name = await refusalOf(setUp(other.anonymous(), { ...first, name: 'a\0' }));
      expect(name).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/name' }] });
      const organization = await refusalOf(setUp(other.anonymous(), { ...first, organizationName: 'a\0' }));
      expect(organization).toMatchObject({ errors: [{ pointer: '/organizationName' }] });
      const { rows } = await other.app.pool.query('SELECT count(*) FROM organizations');
      expect(rows).toEqual([{ count: 0 }]);
      expect(await getSession(other.anonymous(), {})).toMatchObject({ needsSetup: true });
    } finally {
      await other.close();
    }
  });
});

describe('getSession', () => {
  it('tells a person, an API key and a person without organization where they are', async () => {
    const organization = await test.createOrganization('Works');
    const viewer = organization.people.viewer;
    expect(await getSession(test.as('viewer', organization), {})).toMatchObject({
      user: { id: viewer.id, email: viewer.email, name: viewer.name },
      organization: { id: organization.id, name: 'Works' },
      organizations: [{ id: organization.id, name: 'Works', role: 'viewer' }],
      role: 'viewer',
      brand: 'Trunkline',
      version: '0.0.0-test',
    });
    const machine = await getSession(test.apiKey(organization), {});
    expect(machine).toMatchObject({ user: null, organization: { id: organization.id }, role: null });
    expect(machine.permissions).toContain('event.send');
    expect(machine.permissions).not.toContain('member.read');
    const nobody = await test.createPerson();
    expect(await getSession(await test.signedIn(nobody), {})).toMatchObject({
      user: { id: nobody.id },
      organization: null,
      organizations: [],
      permissions: [],
    });
  });
});

describe('signing in and out', () => {
  it('sets a cookie, and the organization can see both', async () => {
    const { id, people } = await test.createOrganization();
    const ctx = test.anonymous();
    const session = await signIn(ctx, { email: people.viewer.email, password: testPassword });
    expect(session).toMatchObject({ user: { id: people.viewer.id }, role: 'viewer' });
    expect(ctx.cookies).toHaveLength(1);
    const { rows } = await test.app.pool.query(
      'SELECT action, actor_type, actor_id, ip, user_agent, request_id FROM audit_log WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1',
      [id],
    );
    expect(rows).toEqual([
      {
        action: 'member.signed_in',
        actor_type: 'user',
        actor_id: people.viewer.id,
        ip: ctx.request.ip,
        user_agent: ctx.request.userAgent,
        request_id: ctx.request.id,
      },
    ]);
    const inside = await test.signedIn(people.viewer);
    expect(await signOut(inside, {})).toEqual({ ok: true });
    expect(inside.cookies[0]).toContain('Max-Age=0');
    expect(await test.app.identity.authenticate(inside.request.headers)).toBeNull();
    expect((await actions(id)).at(-1)).toBe('member.signed_out');
    expect(await signOut(test.anonymous(), {})).toEqual({ ok: true });
  });

  it('works without an organization, where nobody is told', async () => {
    const person = await test.createPerson();
    const ctx = test.anonymous();
    expect(await signIn(ctx, { email: person.email, password: testPassword })).toMatchObject({
      organization: null,
    });
    expect(ctx.cookies).toHaveLength(1);
  });

  it('refuses a wrong password without a cookie, and after five failures the right one too', async () => {
    const { id, people } = await test.createOrganization();
    const { email } = people.utility_admin;
    const before = await actions(id);
    for (let i = 0; i < 5; i += 1) {
      const ctx = test.anonymous();
      const refusal = await refusalOf(signIn(ctx, { email, password: 'wrong password' }));
      expect([refusal.code, ctx.cookies]).toEqual(['invalid_credentials', []]);
    }
    const refusal = await refusalOf(signIn(test.anonymous(), { email, password: testPassword }));
    expect(refusal.code).toBe('too_many_sign_ins');
    expect(refusal.retryAfterSeconds).toBe(900);
    expect(await actions(id)).toEqual(before);
  });
});

describe('reauthenticate', () => {
  it('makes the session fresh and is audited; a wrong password does neither', async () => {
    const { id, people } = await test.createOrganization();
    const ctx = await test.signedIn(people.system_admin);
    test.time.advance(10 * 60_000);
    const refusal = await refusalOf(reauthenticate(ctx, { password: 'wrong password' }));
    expect(refusal.code).toBe('invalid_credentials');
    expect(await actions(id)).not.toContain('member.reauthenticated');
    expect(await reauthenticate(ctx, { password: testPassword })).toEqual({ ok: true });
    const session = await test.app.identity.authenticate(ctx.request.headers);
    expect(session?.freshAt).toBe(test.time.now);
    expect((await actions(id)).at(-1)).toBe('member.reauthenticated');
  });

  it('is for signed-in people', async () => {
    const organization = await test.createOrganization();
    const codeFor = async (ctx: Ctx) =>
      (await refusalOf(reauthenticate(ctx, { password: testPassword }))).code;
    expect(await codeFor(test.anonymous())).toBe('unauthenticated');
    expect(await codeFor(test.apiKey(organization))).toBe('forbidden');
  });
});

describe('switchOrganization', () => {
  it('moves the session to another organization of the person, with the role there', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    const person = here.people.viewer;
    await addMember(test.app.pool, {
      id: test.app.newId(),
      organizationId: there.id,
      userId: person.id,
      role: 'utility_admin',
    });
    const ctx = await test.signedIn(person);
    const session = await switchOrganization(ctx, { organizationId: there.id });
    expect(session).toMatchObject({ organization: { id: there.id }, role: 'utility_admin' });
    expect(session.organizations).toHaveLength(2);
    expect(await test.app.identity.authenticate(ctx.request.headers)).toMatchObject({
      organizationId: there.id,
    });
    expect((await actions(there.id)).at(-1)).toBe('member.signed_in');
    expect(await actions(here.id)).not.toContain('member.signed_in');
  });

  it('answers a foreign organization like one that is not there', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    const ctx = await test.signedIn(here.people.system_admin);
    const before = await actions(there.id);
    for (const organizationId of [there.id, test.app.newId()]) {
      expect((await refusalOf(switchOrganization(ctx, { organizationId }))).code).toBe('not_found');
    }
    expect(await test.app.identity.authenticate(ctx.request.headers)).toMatchObject({
      organizationId: here.id,
    });
    expect(await actions(there.id)).toEqual(before);
    const codeFor = async (other: Ctx) =>
      (await refusalOf(switchOrganization(other, { organizationId: here.id }))).code;
    expect(await codeFor(test.anonymous())).toBe('unauthenticated');
    expect(await codeFor(test.apiKey(here))).toBe('forbidden');
  });
});
