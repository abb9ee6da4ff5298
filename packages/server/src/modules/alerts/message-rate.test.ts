import { expect, it } from 'vitest';
import { messagesPerWindow, nextMessageAt, rateWindowMs } from './message-rate.ts';

it('sends the first message at once and the next ones further and further apart', () => {
  const sent: number[] = [];
  for (let now = 0; now < 3_600_000; now += 1_000) if (nextMessageAt(sent, now) <= now) sent.push(now);
  expect(sent.slice(0, 6)).toEqual([0, 30_000, 90_000, 210_000, 450_000, 630_000]);
  for (const at of sent) {
    const inWindow = sent.filter((other) => other > at - rateWindowMs && other <= at);
    expect(inWindow.length).toBeLessThanOrEqual(messagesPerWindow);
  }
});

it('starts anew after ten quiet minutes', () => {
  expect(nextMessageAt([0, 30_000, 90_000], 90_000 + rateWindowMs)).toBe(90_000 + rateWindowMs);
});
