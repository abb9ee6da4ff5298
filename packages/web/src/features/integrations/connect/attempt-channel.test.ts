import { afterEach, expect, it, vi } from 'vitest';
import { announceAttempt, claimAttempt } from './attempt-channel.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const stop of open.splice(0)) stop();
});

const announced = (id: string) => new Promise<void>((taken) => open.push(announceAttempt(id, taken)));

it('tells the page that waits, which answers that it goes on', async () => {
  const ended = vi.fn<() => void>();
  open.push(claimAttempt('a', ended));
  await announced('a');
  expect(ended).toHaveBeenCalledOnce();
});

it('still answers when the page has heard of the end before', async () => {
  const ended = vi.fn<() => void>();
  claimAttempt('b', ended)();
  await announced('b');
  expect(ended).not.toHaveBeenCalled();
});

it('leaves the attempts of others alone', async () => {
  const taken = vi.fn<() => void>();
  open.push(
    announceAttempt('unknown', taken),
    claimAttempt('c', () => {}),
  );
  // What is posted arrives in order: when the second attempt is answered, the first would have been too.
  await announced('c');
  expect(taken).not.toHaveBeenCalled();
});
