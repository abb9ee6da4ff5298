import { expect, it } from 'vitest';
import { actionsSearch, listInput } from './actions-search.ts';

it('reads an address and leaves out what it does not know', () => {
  expect(actionsSearch({ status: 'ambiguous', id: 'a', more: 1 })).toEqual({ view: 'ambiguous', id: 'a' });
  expect(actionsSearch({ view: 'scheduled', bulk: 'b' })).toEqual({ view: 'scheduled', bulk: 'b' });
  expect(actionsSearch({ view: 'lost', id: 7, bulk: '' })).toEqual({});
  expect(actionsSearch({ view: 'all' })).toEqual({});
  const narrowed = { capability: 'email.send', integration: '01890000-0000-7000-8000-000000000001' };
  expect(actionsSearch(narrowed)).toEqual(narrowed);
  expect(actionsSearch({ capability: 'Email', integration: 'mine' })).toEqual({});
});

it('asks for a state, for those that wait, or for those of a bulk', () => {
  expect(listInput({})).toEqual({});
  expect(listInput({ view: 'failed', bulk: 'b' })).toEqual({ status: 'failed', bulkId: 'b' });
  expect(listInput({ view: 'scheduled' })).toEqual({ only: 'scheduled' });
  expect(listInput({ view: 'last_resort' })).toEqual({ only: 'last_resort' });
  expect(listInput({ integration: 'i' })).toEqual({ integrationId: 'i' });
});
