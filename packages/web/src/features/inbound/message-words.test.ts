import { expect, it } from 'vitest';
import { eventWords, sizeWords, stateLook, stateMeaning } from './message-words.ts';

const event = (type: string, id = type) => ({ id, type });

it('sums up what a webhook became', () => {
  expect(eventWords({ events: [], eventCount: 0 })).toBeNull();
  expect(eventWords({ events: [event('email.bounced')], eventCount: 1 })).toBe('email.bounced');
  expect(eventWords({ events: [event('a.b'), event('c.d')], eventCount: 2 })).toBe('a.b, c.d');
  expect(eventWords({ events: [event('a.b', '1'), event('a.b', '2')], eventCount: 2 })).toBe('2 × a.b');
  expect(eventWords({ events: [event('a.b'), event('c.d')], eventCount: 5 })).toBe('a.b and 4 more');
});

it('tells one that waits for another try from one that waits for its first', () => {
  expect(stateLook({ state: 'queued', attempts: 0 }).label).toBe('Queued');
  expect(stateLook({ state: 'queued', attempts: 2 }).label).toBe('Trying again');
  expect(stateMeaning({ state: 'failed', attempts: 8 })).toContain('8 attempts');
  const ignored = { state: 'ignored', attempts: 1 } as const;
  expect(stateMeaning({ ...ignored, kind: 'sender not allowed' })).toContain('not among those who may write');
  expect(stateMeaning({ ...ignored, kind: 'sender forged' })).toContain('not from the sender that it names');
  expect(stateMeaning({ ...ignored, kind: 'sender not proven' })).toContain('Nothing proves');
  expect(stateMeaning({ ...ignored, kind: 'bounce' })).toContain('switched on at its source');
});

it('gives sizes in a unit that is easy to read', () => {
  expect([sizeWords(17), sizeWords(2_048), sizeWords(25 * 1_048_576)]).toEqual([
    '17 B',
    '2.0 KiB',
    '25.0 MiB',
  ]);
});
