import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { secretPlace } from '../delivery/endpoints.ts';
import { createSecretBox, parseMasterKey } from '../lib/secret-box.ts';
import { createSigningSecret } from '../lib/webhook-signature.ts';
import { startTypeScript } from '../testing/child.ts';
import type { TestChild } from '../testing/child.ts';
import { eventually } from '../testing/eventually.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';

const webhooks = 3_000;
const [oldText, newText] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
const oldBox = createSecretBox({ current: parseMasterKey(oldText) });
const newBox = createSecretBox({ current: parseMasterKey(newText) });

let test: TestApp;
const children: TestChild[] = [];

beforeAll(async () => {
  test = await createTestApp({ secretBox: oldBox });
});
afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await test.close();
});

function run(command: string[], env: Record<string, string>): TestChild {
  const child = startTypeScript(new URL('../main.ts', import.meta.url), command, {
    ...test.database.env,
    PORT: '0',
    TRUNKLINE_LOG_LEVEL: 'error',
    ...env,
  });
  children.push(child);
  return child;
}

it('wraps every secret under the new key, also when it is killed midway', { timeout: 60_000 }, async () => {
  const { id: organizationId } = await test.createOrganization();
  const secrets = new Map<string, string>();
  for (let n = 0; n < webhooks; n += 1)
    secrets.set(test.app.newId(), createSigningSecret(test.app.randomBytes));
  const ids = [...secrets.keys()];
  const sealed = (column: 'secret_box' | 'previous_secret_box') =>
    ids.map((id) => oldBox.seal(secrets.get(id)!, secretPlace(organizationId, id, column)));
  await test.database.pool.query(
    `INSERT INTO webhooks (id, organization_id, name, url, events, enabled, secret_box, secret_preview,
       previous_secret_box, previous_secret_expires_at, created_at, updated_at)
     SELECT id, $1, 'x', 'https://example.com/', '{*}', true, box, '', previous, now() + interval '1 day', now(), now()
     FROM unnest($2::uuid[], $3::bytea[], $4::bytea[]) AS s (id, box, previous)`,
    [organizationId, ids, sealed('secret_box'), sealed('previous_secret_box')],
  );
  const boxes = async () =>
    (
      await test.database.pool.query<{ id: string; secret: Buffer; previous: Buffer }>(
        'SELECT id, secret_box AS secret, previous_secret_box AS previous FROM webhooks',
      )
    ).rows;
  const renewed = async () =>
    (await boxes()).filter(({ secret }) => newBox.keyIdOf(secret) === parseMasterKey(newText).id).length;
  const env = { TRUNKLINE_SECRET_KEY: newText, TRUNKLINE_PREVIOUS_SECRET_KEYS: oldText };

  const killed = run(['secrets', 'rotate'], env);
  await eventually(async () => expect(await renewed()).toBeGreaterThan(0));
  await killed.kill();
  const done = await renewed();
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(webhooks);

  // Half done is a state that works with both keys, and does not start without the old one.
  const refused = await run(['work'], { TRUNKLINE_SECRET_KEY: newText }).ended;
  expect(refused.code).toBe(1);
  expect(refused.errorOutput).toContain(
    `needs the master key with id ${parseMasterKey(oldText).id}`.slice(6),
  );

  const resumed = run(['secrets', 'rotate'], env);
  const count = Number((await resumed.nextLine()).split(' ')[0]);
  expect((await resumed.ended).code).toBe(0);
  // Both columns of each webhook and the organization's API key, without what was done before.
  expect(count).toBe(2 * webhooks + 1 - done);
  for (const { id, secret, previous } of await boxes()) {
    expect(newBox.open(secret, secretPlace(organizationId, id, 'secret_box'))).toBe(secrets.get(id));
    expect(newBox.open(previous, secretPlace(organizationId, id, 'previous_secret_box'))).toBe(
      secrets.get(id),
    );
  }
  const again = run(['secrets', 'rotate'], { TRUNKLINE_SECRET_KEY: newText });
  expect(await again.nextLine()).toMatch(/^0 secrets/);
});
