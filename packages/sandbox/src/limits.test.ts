import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { afterEach, expect, it } from 'vitest';
import { createCallCounter } from './limits.ts';
import { openSandbox } from './testing/open-sandbox.ts';
import type { OpenSandbox } from './testing/open-sandbox.ts';

let open: OpenSandbox | undefined;
afterEach(() => open?.sandbox.close());

it('takes a burst and says when it goes on', () => {
  const counter = createCallCounter({ perSecond: 1 });
  const waits = Array.from({ length: 14 }, (_, index) => counter.count(1000 + index));
  expect(waits.filter((wait) => wait === null)).toHaveLength(13);
  expect(waits.at(-1)).toBe(10);
  expect(counter.count(11_000)).toBeNull();
});

it('counts hours and days, and nothing without a limit', () => {
  const hourly = createCallCounter({ perHour: 4 });
  expect([1, 2, 3, 4, 5].map(() => hourly.count(0))).toEqual([null, null, null, null, null]);
  expect(hourly.count(1_800_000)).toBe(1800);
  expect(hourly.count(3_600_000)).toBeNull();
  const unlimited = createCallCounter({});
  expect(Array.from({ length: 1000 }, () => unlimited.count(0)).every((wait) => wait === null)).toBe(true);
});

it('answers over the limit as the provider does, with the time to wait', async () => {
  open = await openSandbox(sandboxDefinitions(), 'github', { countLimits: true, clock: () => 0 });
  const headers = { authorization: `Bearer ${open.values['token']}` };
  const statuses: number[] = [];
  for (let turn = 0; turn < 13; turn += 1)
    statuses.push((await open.call('GET', 'https://api.github.com/user', { headers })).status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const limited = await open.call('GET', 'https://api.github.com/user', { headers });
  expect([
    limited.status,
    limited.headers.get('retry-after'),
    limited.headers.get('x-ratelimit-remaining'),
  ]).toEqual([403, '10', '0']);
});
