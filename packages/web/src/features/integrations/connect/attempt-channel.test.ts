import { afterEach, expect, it, vi } from 'vitest';
import { announceAttempt, onAttemptEnded } from './attempt-channel.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const stop of open.splice(0)) stop();
});

it('tells the window that waits, which answers that it goes on', async () => {
  const ended = vi.fn<() => void>();
  open.push(onAttemptEnded('a', ended));
  await new Promise<void>((taken) => open.push(announceAttempt('a', taken)));
  expect(ended).toHaveBeenCalledOnce();
});

it('leaves other attempts alone', async () => {
  const other = vi.fn<() => void>();
  const taken = vi.fn<() => void>();
  open.push(onAttemptEnded('b', other));
  open.push(announceAttempt('a', taken));
  // What is posted arrives in order: when the second attempt is answered, the first would have been too.
  await new Promise<void>((done) => open.push(announceAttempt('b', done)));
  expect(other).toHaveBeenCalledOnce();
  expect(taken).not.toHaveBeenCalled();
});
