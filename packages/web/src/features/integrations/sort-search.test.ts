import { expect, it } from 'vitest';
import { readSort, sortInput, sortSearch, sortText } from './sort-search.ts';

it('reads an order from an address and writes it there', () => {
  expect(readSort('-p95')).toEqual({ key: 'p95', descending: true });
  expect(sortText({ key: 'p95', descending: true })).toBe('-p95');
  expect(sortInput(readSort('name'))).toEqual({ sort: 'name', order: 'ascending' });
  expect(sortSearch('-status')).toEqual({ sort: '-status' });
});

it('leaves out the usual order, and takes it for what it does not know', () => {
  for (const text of ['status', 'nonsense', '', undefined, 4]) {
    expect(readSort(text)).toEqual({ key: 'status', descending: false });
    expect(sortInput(readSort(text))).toEqual({});
    expect(sortSearch(text)).toEqual({});
  }
});
