import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { oneTrip } from './one-trip.ts';
import { createPool } from './pool.ts';

let test: TestApp;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
});
afterAll(() => test.close());

const add = `INSERT INTO last_resorts (organization_id, capability) VALUES (current_organization(), $1) RETURNING capability`;
const count = 'SELECT count(*) AS n FROM last_resorts WHERE organization_id = current_organization()';
const held = async () => {
  const { rows } = await test.app.pool.query('SELECT FROM last_resorts WHERE organization_id = $1', [
    organization.id,
  ]);
  return rows.length;
};

it('asks everything at once, in one transaction of the organization', async () => {
  const [added, [counted], [who]] = await oneTrip(test.app.pool, organization.id, (tx) =>
    Promise.all([
      tx.query(add, ['email.send'], 'add_resort'),
      tx.query<{ n: number }>(count),
      tx.query<{ role: string; id: string }>('SELECT current_user AS role, current_organization() AS id'),
    ]),
  );
  expect([added, counted, who]).toEqual([
    [{ capability: 'email.send' }],
    { n: 1 },
    { role: 'trunkline_tenant', id: organization.id },
  ]);
  expect(await held()).toBe(1);
});

it('leaves neither role nor organization behind', async () => {
  const pool = createPool(test.database.directUrl, { max: 1 });
  onTestFinished(() => pool.end());
  await oneTrip(pool, organization.id, (tx) => tx.query(count));
  const { rows } = await pool.query(`SELECT current_user = session_user AS owner,
    coalesce(current_setting('trunkline.organization_id', true), '') AS organization`);
  expect(rows).toEqual([{ owner: true, organization: '' }]);
});

it('does nothing when one of them fails, and the connection goes on', async () => {
  const pool = createPool(test.database.directUrl, { max: 1 });
  onTestFinished(() => pool.end());
  const before = await held();
  const failing = oneTrip(pool, organization.id, (tx) =>
    Promise.all([
      tx.query(add, ['job.post'], 'add_resort'),
      tx.query('SELECT 1 / $1::int', [0], 'divide'),
      tx.query(add, ['job.close'], 'add_resort'),
      tx.query(count, [], 'count_resorts'),
    ]),
  );
  await expect(failing).rejects.toThrow('division by zero');
  expect(await held()).toBe(before);
  // What was prepared before the failure is prepared, what came after it is not.
  const again = oneTrip(pool, organization.id, (tx) =>
    Promise.all([
      tx.query('SELECT 1 / $1::int AS one', [1], 'divide_again'),
      tx.query<{ n: number }>(count, [], 'count_resorts'),
      tx.query(add, ['job.post'], 'add_resort'),
    ]),
  );
  expect(await again).toEqual([[{ one: 1 }], [{ n: before }], [{ capability: 'job.post' }]]);
});

it('refuses what is asked after an answer', async () => {
  const late = oneTrip(test.app.pool, organization.id, async (tx) => {
    await tx.query(count);
    return tx.query(count);
  });
  await expect(late).rejects.toThrow('ask everything before waiting');
});

it('prepares nothing by name through a pooler', async () => {
  const pool = createPool(test.database.directUrl, { max: 1, pooled: true });
  onTestFinished(() => pool.end());
  await oneTrip(pool, organization.id, (tx) => tx.query(count, [], 'count_resorts'));
  const { rows } = await pool.query(`SELECT name FROM pg_prepared_statements WHERE name <> ''`);
  expect(rows).toEqual([]);
});
