import { expect, it } from 'vitest';
import { keepOrder } from './stable-order.ts';

it('keeps the order of before and puts what is new at the end', () => {
  const rows = [{ id: 'd' }, { id: 'c' }, { id: 'a' }, { id: 'e' }];
  expect(keepOrder(rows, ['a', 'b', 'c']).map((row) => row.id)).toEqual(['a', 'c', 'd', 'e']);
  expect(keepOrder(rows, []).map((row) => row.id)).toEqual(['d', 'c', 'a', 'e']);
});
