import { expect, it } from 'vitest';
import { networksText, readNetworkList } from './networks.ts';

it('reads networks from lines, commas and spaces', () => {
  expect(readNetworkList(' 10.0.0.0/8\n2001:db8::/32, 192.0.2.1;\n\n')).toEqual([
    '10.0.0.0/8',
    '2001:db8::/32',
    '192.0.2.1',
  ]);
  expect(readNetworkList(' \n')).toEqual([]);
});

it('names two networks and counts the others', () => {
  expect(networksText([])).toBe('Everywhere');
  expect(networksText(['a'])).toBe('a');
  expect(networksText(['a', 'b'])).toBe('a, b');
  expect(networksText(['a', 'b', 'c', 'd'])).toBe('a, b and 2 more');
});
