import {
  changeMemberRole as changeOperation,
  listMembers as listOperation,
  removeMember as removeOperation,
} from '@trunkline/contract/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMember } from '../../identity/organizations.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp, testPassword } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization, TestPerson } from '../../testing/test-app.ts';
import { changeMemberRole } from './change-member-role.ts';
import { getInvitation } from './get-invitation.ts';
import { inviteMember } from './invite-member.ts';
import { listMembers } from './list-members.ts';
import { removeMember } from './remove-member.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function lastAudit(organizationId: string): Promise<Record<string, unknown>> {
  const { rows } = await test.app.pool.query<Record<string, unknown>>(
    'SELECT action, actor_id, target_id, target_name, changes, sequence FROM audit_log WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1',
    [organizationId],
  );
  return rows[0] ?? {};
}

async function roles(organizationId: string): Promise<Record<string, string>> {
  const { rows } = await test.app.pool.query<{ user_id: string; role: string }>(
    'SELECT user_id, role FROM members WHERE organization_id = $1',
    [organizationId],
  );
  return Object.fromEntries(rows.map(({ user_id: id, role }) => [id, role]));
}

async function secondAdministrator(organization: TestOrganization): Promise<TestPerson> {
  const person = await test.createPerson();
  const role = 'system_admin';
  await addMember(test.app.pool, {
    id: test.app.newId(),
    organizationId: organization.id,
    userId: person.id,
    role,
  });
  return person;
}

describe('listMembers', () => {
  it('shows members by name with their roles, and open invitations', async () => {
    const organization = await test.createOrganization('Zeta');
    const administrator = test.as('system_admin', organization);
    const { invitation } = await inviteMember(administrator, { email: 'new@example.com', role: 'viewer' });
    const { members, invitations } = await listMembers(test.as('viewer', organization), {});
    expect(members.map(({ name, role }) => [name, role])).toEqual([
      ['Zeta administrator', 'system_admin'],
      ['Zeta editor', 'utility_admin'],
      ['Zeta viewer', 'viewer'],
    ]);
    expect(invitations).toEqual([invitation]);
    test.time.advance(7 * 24 * 60 * 60_000);
    expect((await listMembers(test.as('viewer', organization), {})).invitations).toEqual([]);
  });

  it('tells when members were last seen in this organization, and nothing of others', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    const person = here.people.viewer;
    const seen = async () => {
      const { members } = await listMembers(test.as('system_admin', here), {});
      return members.find(({ userId }) => userId === person.id)?.lastSeenAt;
    };
    expect(await seen()).toBeNull();
    const userId = person.id;
    await addMember(test.app.pool, {
      id: test.app.newId(),
      organizationId: there.id,
      userId,
      role: 'viewer',
    });
    await test.app.pool.query(
      `UPDATE members SET created_at = now() + interval '1 day' WHERE organization_id = $1`,
      [here.id],
    );
    await test.signedIn(person);
    expect(await seen()).toBeNull();
    await test.app.pool.query('DELETE FROM members WHERE organization_id = $1 AND user_id = $2', [
      there.id,
      userId,
    ]);
    const ctx = test.anonymous();
    await signIn(ctx, { email: person.email, password: testPassword });
    const at = new Date(test.time.now).toISOString();
    expect(await seen()).toBe(at);
    test.time.advance(60_000);
    await signOut(await test.signedIn(person), {});
    expect(await seen()).toBe(new Date(test.time.now).toISOString());
  });

  it('is for people of the organization', async () => {
    const organization = await test.createOrganization();
    await expectRefusals(test, organization, listOperation, (ctx) => listMembers(ctx, {}));
  });
});

describe('changeMemberRole', () => {
  it('changes the role from the next request on, audited and announced', async () => {
    const organization = await test.createOrganization();
    const { viewer, system_admin: administrator } = organization.people;
    const session = await test.signedIn(viewer);
    await test.announced();
    const member = await changeMemberRole(test.as('system_admin', organization), {
      userId: viewer.id,
      role: 'utility_admin',
    });
    expect(member).toMatchObject({ userId: viewer.id, email: viewer.email, role: 'utility_admin' });
    expect(await test.app.identity.authenticate(session.request.headers)).toMatchObject({
      role: 'utility_admin',
    });
    expect(await lastAudit(organization.id)).toMatchObject({
      action: 'member.role_changed',
      actor_id: administrator.id,
      target_id: viewer.id,
      changes: { role: { before: 'viewer', after: 'utility_admin' } },
    });
    const organizationId = organization.id;
    expect(await test.announced()).toEqual([
      { organizationId, topic: 'audit' },
      { organizationId, topic: 'members' },
    ]);
  });

  it('leaves no record when nothing changes', async () => {
    const organization = await test.createOrganization();
    const before = await lastAudit(organization.id);
    const userId = organization.people.viewer.id;
    await changeMemberRole(test.as('system_admin', organization), { userId, role: 'viewer' });
    expect(await lastAudit(organization.id)).toEqual(before);
  });

  it('withdraws the invitations of somebody who may no longer invite', async () => {
    const organization = await test.createOrganization();
    await secondAdministrator(organization);
    const administrator = test.as('system_admin', organization);
    const { url } = await inviteMember(administrator, { email: 'late@example.com', role: 'system_admin' });
    const userId = organization.people.system_admin.id;
    await changeMemberRole(administrator, { userId, role: 'viewer' });
    const token = url.split('/').at(-1) ?? '';
    expect((await refusalOf(getInvitation(test.anonymous(), { token }))).code).toBe('not_found');
    expect(await lastAudit(organization.id)).toMatchObject({
      changes: { openInvitations: { before: 1, after: 0 } },
    });
  });

  it('keeps the last system administrator, also when two demote each other at the same time', async () => {
    const organization = await test.createOrganization();
    const first = organization.people.system_admin;
    const administrator = test.as('system_admin', organization);
    const alone = changeMemberRole(administrator, { userId: first.id, role: 'viewer' });
    expect((await refusalOf(alone)).code).toBe('last_administrator');

    const second = await secondAdministrator(organization);
    for (let round = 0; round < 5; round += 1) {
      const results = await Promise.allSettled([
        changeMemberRole(administrator, { userId: first.id, role: 'viewer' }),
        changeMemberRole(administrator, { userId: second.id, role: 'viewer' }),
      ]);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toMatchObject([{ reason: { code: 'last_administrator' } }]);
      const left = Object.values(await roles(organization.id)).filter((role) => role === 'system_admin');
      expect(left).toHaveLength(1);
      for (const { id } of [first, second]) {
        await changeMemberRole(administrator, { userId: id, role: 'system_admin' });
      }
    }
  });

  it('answers members of another organization like nobody', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    const before = [await roles(there.id), await lastAudit(there.id), await lastAudit(here.id)];
    for (const userId of [there.people.viewer.id, test.app.newId()]) {
      const change = changeMemberRole(test.as('system_admin', here), { userId, role: 'system_admin' });
      expect((await refusalOf(change)).code).toBe('not_found');
    }
    expect([await roles(there.id), await lastAudit(there.id), await lastAudit(here.id)]).toEqual(before);
  });

  it('needs a system administrator who has just proved who they are', async () => {
    const organization = await test.createOrganization();
    const userId = organization.people.viewer.id;
    await expectRefusals(test, organization, changeOperation, (ctx) =>
      changeMemberRole(ctx, { userId, role: 'system_admin' }),
    );
    expect((await roles(organization.id))[userId]).toBe('viewer');
  });
});

describe('removeMember', () => {
  it('takes access away at once, with the invitations made, audited and announced', async () => {
    const organization = await test.createOrganization();
    const second = await secondAdministrator(organization);
    const session = await test.signedIn(second);
    const { url } = await inviteMember(session, { email: 'friend@example.com', role: 'system_admin' });
    await test.announced();
    expect(await removeMember(test.as('system_admin', organization), { userId: second.id })).toEqual({
      ok: true,
    });
    expect(await test.app.identity.authenticate(session.request.headers)).toMatchObject({
      userId: second.id,
      organizationId: null,
      role: null,
    });
    const { rows } = await test.app.pool.query(
      'SELECT active_organization_id FROM sessions WHERE user_id = $1',
      [second.id],
    );
    expect(rows).toEqual([{ active_organization_id: null }]);
    const token = url.split('/').at(-1) ?? '';
    expect((await refusalOf(getInvitation(test.anonymous(), { token }))).code).toBe('not_found');
    expect(await lastAudit(organization.id)).toMatchObject({
      action: 'member.removed',
      target_id: second.id,
      target_name: second.name,
      changes: { role: { before: 'system_admin', after: null }, openInvitations: { before: 1, after: 0 } },
    });
    expect((await test.announced()).map(({ topic }) => topic)).toEqual(['audit', 'members']);
  });

  it('keeps the last system administrator, also when two remove each other at the same time', async () => {
    const organization = await test.createOrganization();
    const first = organization.people.system_admin;
    const administrator = test.as('system_admin', organization);
    expect((await refusalOf(removeMember(administrator, { userId: first.id }))).code).toBe(
      'last_administrator',
    );
    const second = await secondAdministrator(organization);
    const results = await Promise.allSettled([
      removeMember(administrator, { userId: first.id }),
      removeMember(administrator, { userId: second.id }),
    ]);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'last_administrator' } }]);
  });

  it('answers members of another organization like nobody', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    const before = [await roles(there.id), await lastAudit(there.id)];
    const session = await test.signedIn(there.people.viewer);
    for (const userId of [there.people.viewer.id, test.app.newId()]) {
      expect((await refusalOf(removeMember(test.as('system_admin', here), { userId }))).code).toBe(
        'not_found',
      );
    }
    expect([await roles(there.id), await lastAudit(there.id)]).toEqual(before);
    expect(await test.app.identity.authenticate(session.request.headers)).toMatchObject({ role: 'viewer' });
  });

  it('needs a system administrator who has just proved who they are', async () => {
    const organization = await test.createOrganization();
    const userId = organization.people.viewer.id;
    await expectRefusals(test, organization, removeOperation, (ctx) => removeMember(ctx, { userId }));
    expect(await roles(organization.id)).toHaveProperty(userId);
  });
});
