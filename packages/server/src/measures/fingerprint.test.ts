import { expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';

it('is one for texts that differ in numbers and ids only', () => {
  const first = fingerprintOf([
    'down',
    'No answer after 30000 ms',
    'request 0198c3a4-1111-7222-8333-944455556666',
  ]);
  expect(
    fingerprintOf(['down', 'No answer  after 15000 ms', 'Request 0198c3a4-aaaa-7bbb-8ccc-9ddddeeeefff']),
  ).toBe(first);
  expect(first).toMatch(/^[\da-f]{24}$/);
});

it('tells apart what differs in words, in fault or in host', () => {
  const prints = [
    ['down', 'No answer', 'a.example.com'],
    ['down', 'No answer', 'b.example.com'],
    ['reauth', 'No answer', 'a.example.com'],
    ['down', 'Refused', 'a.example.com'],
    ['down', 'No', 'answer a.example.com'],
  ].map(fingerprintOf);
  expect(new Set(prints).size).toBe(prints.length);
});
