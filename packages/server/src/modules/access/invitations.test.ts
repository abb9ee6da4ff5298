import {
  inviteMember as inviteOperation,
  revokeInvitation as revokeOperation,
} from '@trunkline/contract/access';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freshForMs } from '../../authorize.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { cookieOf, createTestApp, testPassword } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { getInvitation } from './get-invitation.ts';
import { inviteMember } from './invite-member.ts';
import { listMembers } from './list-members.ts';
import { resendInvitation } from './resend-invitation.ts';
import { revokeInvitation } from './revoke-invitation.ts';

const week = 7 * 24 * 60 * 60_000;
const password = 'a password of some length';

let test: TestApp;
let people = 0;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function invite(organization: TestOrganization, email = `invited${++people}@example.com`) {
  const ctx = test.as('system_admin', organization);
  const { invitation, url } = await inviteMember(ctx, { email, role: 'utility_admin' });
  return { email, invitation, token: url.split('/').at(-1) ?? '', url };
}

async function rowsOf(organizationId: string): Promise<unknown> {
  const { rows } = await test.app.pool.query(
    `SELECT (SELECT jsonb_agg(to_jsonb(i) - 'token_hash') FROM invitations i WHERE i.organization_id = $1) AS invitations,
       (SELECT jsonb_agg(to_jsonb(m)) FROM members m WHERE m.organization_id = $1) AS members,
       (SELECT jsonb_agg(to_jsonb(a)) FROM audit_log a WHERE a.organization_id = $1) AS audit`,
    [organizationId],
  );
  return rows[0];
}

describe('inviteMember', () => {
  it('gives a link for seven days and stores only the hash of its token', async () => {
    const organization = await test.createOrganization();
    await test.announced();
    const { invitation, url, token, email } = await invite(organization);
    expect(url).toMatch(/^http:\/\/trunkline\.test\/invite\/[\w-]{43}$/);
    expect(invitation).toMatchObject({
      email,
      role: 'utility_admin',
      invitedBy: organization.people.system_admin.name,
      expiresAt: new Date(test.time.now + week).toISOString(),
    });
    const stored = JSON.stringify(await rowsOf(organization.id));
    expect(stored).toContain('member.invited');
    expect(stored).not.toContain(token);
    expect((await test.announced()).map(({ topic }) => topic)).toEqual(['audit', 'members']);
  });

  it('replaces an earlier invitation of the same person, also when both are made at once', async () => {
    const organization = await test.createOrganization();
    const email = 'twice@example.com';
    const first = await invite(organization, email);
    const later: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const made = await Promise.all([1, 2, 3, 4].map(() => invite(organization, email)));
      later.push(...made.map(({ token }) => token));
    }
    const { invitations } = await listMembers(test.as('viewer', organization), {});
    expect(invitations).toHaveLength(1);
    const usable = await Promise.allSettled(
      [first.token, ...later].map((token) => getInvitation(test.anonymous(), { token })),
    );
    expect(usable.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(usable[0]?.status).toBe('rejected');
    // The same person may be invited elsewhere.
    await invite(await test.createOrganization(), email);
    expect((await listMembers(test.as('viewer', organization), {})).invitations).toEqual(invitations);
  });

  it('refuses members, and everybody who is no system administrator', async () => {
    const organization = await test.createOrganization();
    const before = await rowsOf(organization.id);
    const { email } = organization.people.viewer;
    expect((await refusalOf(invite(organization, email))).code).toBe('conflict');
    await expectRefusals(test, organization, inviteOperation, (ctx) =>
      inviteMember(ctx, { email: 'x@example.com', role: 'viewer' }),
    );
    expect(await rowsOf(organization.id)).toEqual(before);
  });
});

it('gives no link to a session that proved long ago who it is', async () => {
  const organization = await test.createOrganization();
  const { invitation } = await invite(organization);
  const before = await rowsOf(organization.id);
  const stale = test.as('system_admin', organization);
  if (stale.actor.type === 'user') stale.actor.freshAt -= freshForMs + 1;
  for (const attempt of [
    inviteMember(stale, { email: 'own@example.com', role: 'system_admin' }),
    resendInvitation(stale, { id: invitation.id }),
  ]) {
    expect((await refusalOf(attempt)).code).toBe('reauthentication_required');
  }
  expect(await rowsOf(organization.id)).toEqual(before);
});

describe('revokeInvitation', () => {
  it('makes the link useless', async () => {
    const organization = await test.createOrganization();
    const { invitation, token } = await invite(organization);
    const ctx = test.as('system_admin', organization);
    expect(await revokeInvitation(ctx, { id: invitation.id })).toEqual({ ok: true });
    expect((await refusalOf(getInvitation(test.anonymous(), { token }))).code).toBe('not_found');
    const accept = acceptInvitation(test.anonymous(), { token, name: 'New', password });
    expect((await refusalOf(accept)).code).toBe('not_found');
    expect((await refusalOf(revokeInvitation(ctx, { id: invitation.id }))).code).toBe('not_found');
    expect(JSON.stringify(await rowsOf(organization.id))).toContain('member.invitation_revoked');
  });

  it('does not reach into another organization, and is for system administrators', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    const { invitation } = await invite(there);
    const before = await rowsOf(there.id);
    const foreign = revokeInvitation(test.as('system_admin', here), { id: invitation.id });
    expect((await refusalOf(foreign)).code).toBe('not_found');
    await expectRefusals(test, there, revokeOperation, (ctx) => revokeInvitation(ctx, { id: invitation.id }));
    expect(await rowsOf(there.id)).toEqual(before);
  });
});

describe('getInvitation', () => {
  it('says what is offered, and nothing for a link that is unknown or over', async () => {
    const organization = await test.createOrganization('Works');
    const { token, email } = await invite(organization);
    expect(await getInvitation(test.anonymous(), { token })).toEqual({
      organizationName: 'Works',
      email,
      role: 'utility_admin',
      hasAccount: false,
    });
    const known = await test.createPerson();
    const { token: knownToken } = await invite(organization, known.email);
    expect(await getInvitation(test.anonymous(), { token: knownToken })).toMatchObject({ hasAccount: true });
    const unknown = getInvitation(test.anonymous(), {
      token: `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    });
    expect((await refusalOf(unknown)).code).toBe('not_found');
    test.time.advance(week);
    expect((await refusalOf(getInvitation(test.anonymous(), { token }))).code).toBe('not_found');
    const late = acceptInvitation(test.anonymous(), { token, name: 'New', password });
    expect((await refusalOf(late)).code).toBe('not_found');
  });
});

describe('acceptInvitation', () => {
  it('makes an account and a member, signs in, and is audited as that person', async () => {
    const organization = await test.createOrganization();
    const { token, email } = await invite(organization);
    await test.announced();
    const ctx = test.anonymous();
    const session = await acceptInvitation(ctx, { token, name: ' New Person ', password });
    expect(session).toMatchObject({
      user: { email, name: 'New Person' },
      organization: { id: organization.id },
      role: 'utility_admin',
    });
    const cookie = cookieOf(ctx.cookies);
    expect(await test.app.identity.authenticate(new Headers({ cookie }))).toMatchObject({
      email,
      organizationId: organization.id,
    });
    const { rows } = await test.app.pool.query(
      `SELECT actor_type, actor_id, actor_name, changes FROM audit_log WHERE organization_id = $1 AND action = 'member.joined' ORDER BY sequence DESC LIMIT 1`,
      [organization.id],
    );
    expect(rows).toEqual([
      {
        actor_type: 'user',
        actor_id: session.user?.id,
        actor_name: 'New Person',
        changes: { email: { before: null, after: email }, role: { before: null, after: 'utility_admin' } },
      },
    ]);
    expect((await test.announced()).map(({ topic }) => topic)).toEqual(['audit', 'members']);
    expect((await listMembers(test.as('viewer', organization), {})).invitations).toEqual([]);
    const again = acceptInvitation(test.anonymous(), { token, name: 'New', password });
    expect((await refusalOf(again)).code).toBe('not_found');
  });

  it('asks somebody with an account for its password, with the lock-out, and keeps their other organization', async () => {
    const [home, organization] = [await test.createOrganization(), await test.createOrganization()];
    const person = home.people.viewer;
    const { token } = await invite(organization, person.email);
    const before = await rowsOf(organization.id);
    const wrong = test.anonymous();
    const refusal = await refusalOf(
      acceptInvitation(wrong, { token, name: 'Other', password: 'wrong password' }),
    );
    expect([refusal.code, wrong.cookies]).toEqual(['invalid_credentials', []]);
    expect(await rowsOf(organization.id)).toEqual(before);

    const ctx = test.anonymous();
    const session = await acceptInvitation(ctx, { token, name: 'Other', password: testPassword });
    expect(session).toMatchObject({
      user: { id: person.id, name: person.name },
      organization: { id: organization.id },
      role: 'utility_admin',
    });
    expect(session.organizations.map(({ id }) => id).sort()).toEqual([home.id, organization.id].sort());
    const cookie = cookieOf(ctx.cookies);
    const found = await test.app.identity.authenticate(new Headers({ cookie }));
    expect(found?.organizationId).toBe(organization.id);
  });

  it('locks out who guesses', async () => {
    const organization = await test.createOrganization();
    const person = await test.createPerson();
    const { token } = await invite(organization, person.email);
    for (let i = 0; i < 5; i += 1) {
      await refusalOf(acceptInvitation(test.anonymous(), { token, password: 'wrong password' }));
    }
    const refusal = await refusalOf(acceptInvitation(test.anonymous(), { token, password: testPassword }));
    expect(refusal.code).toBe('too_many_sign_ins');
    expect(refusal.retryAfterSeconds).toBeGreaterThan(0);
  });

  it('works once, also for two at the same time, and the loser leaves no session', async () => {
    const organization = await test.createOrganization();
    const person = await test.createPerson();
    const { token } = await invite(organization, person.email);
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => acceptInvitation(test.anonymous(), { token, password: testPassword })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.map(({ reason }: { reason: unknown }) => reason)).toMatchObject([
      { code: 'not_found' },
      { code: 'not_found' },
    ]);
    const { rows } = await test.app.pool.query('SELECT count(*) FROM sessions WHERE user_id = $1', [
      person.id,
    ]);
    expect(rows).toEqual([{ count: 1 }]);

    const fresh = await invite(organization);
    const created = await Promise.allSettled(
      [1, 2].map(() => acceptInvitation(test.anonymous(), { token: fresh.token, name: 'New', password })),
    );
    expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(created.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'AppError' },
    });
  });

  it('waits for whoever is using the invitation, and is refused when they did', async () => {
    const organization = await test.createOrganization();
    const { token, invitation } = await invite(organization);
    const other = await test.app.pool.connect();
    await other.query('BEGIN');
    await other.query('UPDATE invitations SET accepted_at = now() WHERE id = $1', [invitation.id]);
    const refusal = refusalOf(acceptInvitation(test.anonymous(), { token, name: 'New', password }));
    await vi.waitFor(async () => {
      const { rows } = await test.app.pool.query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      expect(rows).toEqual([{ count: 1 }]);
    });
    await other.query('COMMIT');
    other.release();
    expect((await refusal).code).toBe('not_found');
    const { members } = await listMembers(test.as('viewer', organization), {});
    expect(members).toHaveLength(3);
  });

  it('refuses a new account without name or with a weak password, and uses nothing up', async () => {
    const organization = await test.createOrganization();
    const { token } = await invite(organization);
    const nameless = await refusalOf(acceptInvitation(test.anonymous(), { token, password }));
    expect(nameless).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/name' }] });
    const weak = await refusalOf(
      acceptInvitation(test.anonymous(), { token, name: 'New', password: 'short' }),
    );
    expect(weak).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/password' }] });
    expect(await getInvitation(test.anonymous(), { token })).toMatchObject({ hasAccount: false });
  });

  it('refuses who became a member in the meantime', async () => {
    const organization = await test.createOrganization();
    const person = await test.createPerson();
    const { token } = await invite(organization, person.email);
    await test.app.pool.query(
      `INSERT INTO members (id, organization_id, user_id, role) VALUES ($1, $2, $3, 'viewer')`,
      [test.app.newId(), organization.id, person.id],
    );
    const accept = acceptInvitation(test.anonymous(), { token, password: testPassword });
    expect((await refusalOf(accept)).code).toBe('conflict');
  });
});
