import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addMember } from '../../identity/organizations.ts';
import { totpCode, totpStep } from '../../identity/totp.ts';
import { createSecretBox, parseMasterKey } from '../../lib/secret-box.ts';
import { createSigner } from '../../lib/signer.ts';
import { startTypeScript } from '../../testing/child.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createTestApp, testPassword } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { signIn } from '../access/sign-in.ts';
import { confirmTotp } from './confirm-totp.ts';
import { resetSecondFactors } from './reset-second-factors.ts';
import { startTotp } from './start-totp.ts';

const secretKey = randomBytes(32).toString('hex');
let test: TestApp;

beforeAll(async () => {
  const current = parseMasterKey(secretKey);
  test = await createTestApp({
    secretBox: createSecretBox({ current }),
    signer: createSigner({ current }, 'trunkline audit log'),
  });
});
afterAll(() => test.close());

async function withSecondFactor() {
  const [here, there] = [await test.createOrganization(), await test.createOrganization()];
  const person = here.people.viewer;
  const membership = { organizationId: there.id, userId: person.id, role: 'viewer' } as const;
  await addMember(test.database.pool, { id: test.app.newId(), ...membership });
  const session = await test.signedIn(person);
  const { secret } = await startTotp(session, {});
  await confirmTotp(session, { code: totpCode(secret, totpStep(test.time.now)) });
  return { here, there, person, session };
}

async function records(organizationId: string): Promise<unknown[]> {
  const { rows } = await test.database.pool.query(
    `SELECT actor_name AS actor, target_id AS target, changes FROM audit_log
     WHERE organization_id = $1 AND action = 'member.second_factors_reset'`,
    [organizationId],
  );
  return rows;
}

it('takes factors and sessions, and tells every organization of the person', async () => {
  const { here, there, person, session } = await withSecondFactor();
  const credentials = { email: person.email, password: testPassword };
  expect((await signIn(test.anonymous(), credentials)).secondFactor).not.toBeNull();
  const elsewhere = await test.createOrganization();

  const reset = await resetSecondFactors(test.app, `  ${person.email.toUpperCase()} `);
  expect(reset).toEqual({
    name: person.name,
    authenticatorApp: true,
    passkeys: 0,
    recoveryCodes: 10,
    sessions: 1,
    organizations: 2,
  });
  expect(await test.app.identity.authenticate(session.request.headers)).toBeNull();
  expect((await signIn(test.anonymous(), credentials)).secondFactor).toBeNull();
  const record = {
    actor: 'Operator',
    target: person.id,
    changes: {
      authenticatorApp: { before: true, after: false },
      passkeys: { before: 0, after: 0 },
      recoveryCodes: { before: 10, after: 0 },
      sessions: { before: 1, after: 0 },
    },
  };
  expect(await records(here.id)).toEqual([record]);
  expect(await records(there.id)).toEqual([record]);
  expect(await records(elsewhere.id)).toEqual([]);
  expect((await refusalOf(resetSecondFactors(test.app, 'nobody@example.com'))).code).toBe('not_found');
});

it('is a command of the operator', { timeout: 60_000 }, async () => {
  const { people } = await test.createOrganization('Command');
  const person = people.viewer;
  const run = (email: string) =>
    startTypeScript(new URL('../../main.ts', import.meta.url), ['users', 'reset-second-factor', email], {
      ...test.database.env,
      TRUNKLINE_LOG_LEVEL: 'error',
      TRUNKLINE_SECRET_KEY: secretKey,
    });
  const done = run(person.email);
  expect(await done.nextLine()).toContain('Command viewer has no second factor any more');
  expect((await done.ended).code).toBe(0);
  const nobody = await run('nobody@example.com').ended;
  expect([nobody.code, nobody.errorOutput.split('\n')[0]]).toEqual([1, expect.stringContaining('person')]);
});
