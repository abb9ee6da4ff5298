import { expect, it } from 'vitest';
import { actionsSearch } from './actions-search.ts';

it('reads an address and leaves out what it does not know', () => {
  expect(actionsSearch({ status: 'ambiguous', id: 'a', more: 1 })).toEqual({ status: 'ambiguous', id: 'a' });
  expect(actionsSearch({ status: 'lost', id: 7 })).toEqual({});
});
