import { expect, it } from 'vitest';
import { RefusalLimit, clientNetwork } from './refusal-limit.ts';

let now = 0;

function limit(): RefusalLimit<string> {
  now = 1_000_000;
  return new RefusalLimit(() => now);
}

function wrong(limits: RefusalLimit<string>, times: number, client = 'a'): void {
  for (let n = 0; n < times; n += 1) limits.wasWrong(client, 'wrong_signature');
}

it('stops a client that was wrong 60 times in a minute, and nobody else', () => {
  const limits = limit();
  wrong(limits, 59);
  expect(limits.judge('a')).toBeNull();
  now += 20_500;
  wrong(limits, 1);
  expect(limits.judge('a')).toEqual({ waitSeconds: 40, reason: 'wrong_signature' });
  expect(limits.judge('b')).toBeNull();
  now += 39_500;
  expect(limits.judge('a')).toBeNull();
  wrong(limits, 1);
  expect(limits.judge('a')).toBeNull();
});

it('bears more from who is right as well', () => {
  const limits = limit();
  wrong(limits, 60);
  limits.wasRight('a');
  expect(limits.judge('a')).toBeNull();
  wrong(limits, 4);
  expect(limits.judge('a')).not.toBeNull();
});

it('forgets the first of very many clients, and no later one', () => {
  const limits = limit();
  for (const client of ['first', 'second']) wrong(limits, 60, client);
  for (let n = 0; n < 9_999; n += 1) wrong(limits, 1, `client ${n}`);
  expect(limits.judge('first')).toBeNull();
  expect(limits.judge('second')).not.toBeNull();
});

it('takes a network of IPv6 for one client', () => {
  expect(clientNetwork('2001:db8:1:2:3::4')).toBe(clientNetwork('2001:db8:1:2::9'));
  expect(clientNetwork('2001:db8:1:3::4')).not.toBe(clientNetwork('2001:db8:1:2::4'));
  expect(clientNetwork('::ffff:203.0.113.9')).toBe(clientNetwork('203.0.113.9'));
  expect(clientNetwork('203.0.113.8')).not.toBe(clientNetwork('203.0.113.9'));
  expect(clientNetwork(null)).toBe('unknown');
});
