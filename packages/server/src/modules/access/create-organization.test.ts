import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskToken } from '../../lib/api-token.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { createApiKeyFinder } from '../api-keys/find-api-key.ts';
import { createOrganizationWithAdministrator } from './create-organization.ts';

const administrator = { email: 'ada@example.com', name: ' Ada ', password: 'a password of some length' };

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function count(): Promise<unknown> {
  const { rows } = await test.app.pool.query(
    'SELECT (SELECT count(*) FROM organizations) AS organizations, (SELECT count(*) FROM users) AS users',
  );
  return rows[0];
}

describe('createOrganizationWithAdministrator', () => {
  it('makes a person who can sign in, a key that works and records by the system without secrets', async () => {
    const created = await createOrganizationWithAdministrator(test.app, { name: ' Acme ', administrator });
    const { organizationId, userId, apiKey } = created;
    expect(await createApiKeyFinder(test.app).find(apiKey)).toMatchObject({ organizationId });
    const { session } = await test.app.identity.signIn({ ...administrator, headers: new Headers() });
    expect(session).toMatchObject({ userId, organizationId, role: 'system_admin' });
    const { rows } = await test.app.pool.query(
      'SELECT action, actor_type, actor_id, actor_name, target_name, ip FROM audit_log ORDER BY sequence',
    );
    const system = { actor_type: 'system', actor_id: null, actor_name: 'Trunkline', ip: null };
    expect(rows).toEqual([
      { action: 'organization.created', target_name: 'Acme', ...system },
      { action: 'member.joined', target_name: 'Ada', ...system },
      { action: 'api_key.created', target_name: maskToken(apiKey), ...system },
    ]);
    const { rows: all } = await test.app.pool.query('SELECT to_jsonb(a)::text AS text FROM audit_log a');
    for (const secret of [apiKey, administrator.password]) expect(JSON.stringify(all)).not.toContain(secret);
  });

  it('takes a person who is there already, into any number of organizations', async () => {
    const person = await test.createPerson();
    for (const name of ['One', 'One']) {
      await createOrganizationWithAdministrator(test.app, { name, administrator: { userId: person.id } });
    }
    const organizations = await test.app.identity.organizationsOf(person.id);
    expect(organizations.map(({ name, role }) => [name, role])).toEqual([
      ['One', 'system_admin'],
      ['One', 'system_admin'],
    ]);
  });

  it('leaves nothing behind when it is refused', async () => {
    const before = await count();
    const taken = createOrganizationWithAdministrator(test.app, { name: 'Acme', administrator });
    expect((await refusalOf(taken)).code).toBe('conflict');
    const unknown = { userId: test.app.newId() };
    const nobody = createOrganizationWithAdministrator(test.app, { name: 'Acme', administrator: unknown });
    expect((await refusalOf(nobody)).code).toBe('not_found');
    expect(await count()).toEqual(before);
  });
});
