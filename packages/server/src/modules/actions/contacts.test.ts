import { capabilities } from '@trunkline/contract/capabilities';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAdapterWorld } from '../../testing/adapter-world.ts';
import type { AdapterWorld } from '../../testing/adapter-world.ts';

let world: AdapterWorld;
beforeAll(async () => {
  world = await startAdapterWorld();
});
afterAll(() => world.close());

const contacts = () => world.sandbox.sent('salesforce').filter(({ kind }) => kind === 'contact');

it('finds a contact of Salesforce by its address, whatever is in it, and links the company that is there', async () => {
  const { schema } = { schema: capabilities['crm.upsert_contact'].output };
  const first = await world.ask('salesforce', 'crm.upsert_contact', {
    email: "o'neil@example.com",
    company: 'Nobody’s',
  });
  expect(schema.parse(first.result)).toMatchObject({ created: true });
  // No last name was given, and no company of this name is there.
  expect(contacts().at(-1)?.data).toMatchObject({ LastName: "o'neil@example.com" });
  expect(contacts().at(-1)?.data).not.toHaveProperty('AccountId');

  const url = 'https://acme.my.salesforce.com/services/data/v64.0/sobjects/Account';
  const made = await world.proxied('salesforce', {
    method: 'POST',
    path: url,
    json: { Name: 'Acme \\ Söhne' },
  });
  const { id } = JSON.parse(made) as { id: string };
  const again = await world.ask('salesforce', 'crm.upsert_contact', {
    email: "o'neil@example.com",
    lastName: 'O’Neil',
    company: 'Acme \\ Söhne',
  });
  expect(again.result).toEqual({
    contactId: (first.result as { contactId: string }).contactId,
    created: false,
  });
  expect(contacts()).toHaveLength(1);
  expect(contacts()[0]?.data).toMatchObject({ LastName: 'O’Neil', AccountId: id });
});

it('tells what Salesforce does not take', async () => {
  const { outcome, problem } = await world.ask('salesforce', 'crm.upsert_contact', {
    email: 'long@example.com',
    lastName: 'x'.repeat(81),
  });
  expect([outcome, problem?.fault]).toEqual(['failed', 'badInput']);
});
