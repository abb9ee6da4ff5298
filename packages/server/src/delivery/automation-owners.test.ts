import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSamples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';
import { AutomationOwners } from './automation-owners.ts';

let test: TestApp;
beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

it('says no only of organizations that it has lately read to have no automation, and believes what it hears', async () => {
  const { app, database } = test;
  const [a, b] = [await test.createOrganization(), await test.createOrganization()];
  await createSamples(test, a, { marker: 'm', url: 'http://127.0.0.1:9' }).automation();
  const owners = new AutomationOwners({ pool: database.pool, log: app.log });
  expect(owners.mayOwn([b.id])).toBe(true);
  await owners.read();
  expect([owners.mayOwn([a.id]), owners.mayOwn([b.id]), owners.mayOwn([b.id, a.id])]).toEqual([
    true,
    false,
    true,
  ]);
  owners.notice(b.id);
  expect(owners.mayOwn([b.id])).toBe(true);
  // What is heard while a reading is under way may not be in its answer.
  const reading = owners.read();
  owners.notice(b.id);
  expect(owners.mayOwn([b.id])).toBe(true);
  await reading;
  expect(owners.mayOwn([b.id])).toBe(true);
  await owners.read();
  expect(owners.mayOwn([b.id])).toBe(false);
  await database.pool.query('UPDATE automations SET enabled = false');
  await owners.read();
  expect(owners.mayOwn([a.id])).toBe(false);
  owners.doubt();
  expect(owners.mayOwn([a.id])).toBe(true);
});
