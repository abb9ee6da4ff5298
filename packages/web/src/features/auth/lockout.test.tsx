// @vitest-environment jsdom
import { act, fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../../lib/api-error.ts';
import { hide, show } from '../../testing/show.tsx';
import { SignInError } from './SignInError.tsx';
import { useLockout } from './use-lockout.ts';

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setInterval', 'clearInterval', 'Date'],
    now: Date.parse('2026-11-28T10:00:00Z'),
  });
});
afterEach(() => {
  hide();
  vi.useRealTimers();
});

function Form({ refusals }: { refusals: ApiError[] }) {
  const lockout = useLockout();
  const [error, setError] = useState<ApiError | null>(null);
  return (
    <>
      <SignInError error={error} secondsLeft={lockout.secondsLeft} />
      <button
        type="button"
        disabled={lockout.secondsLeft > 0}
        onClick={() => {
          const refusal = refusals.shift()!;
          lockout.noteError(refusal);
          setError(refusal);
        }}
      >
        Sign in
      </button>
    </>
  );
}

const tooMany = (retryAfterSeconds: number | null) =>
  new ApiError({ code: 'too_many_sign_ins', detail: 'Wait a while.', retryAfterSeconds });
const button = () => screen.findByRole<HTMLButtonElement>('button', { name: 'Sign in' });
function pass(seconds: number): void {
  act(() => {
    vi.advanceTimersByTime(seconds * 1_000);
  });
}

it('counts down until another attempt is allowed, second by second, and then lets it', async () => {
  const refusals = [tooMany(65), new ApiError({ code: 'invalid_credentials', detail: 'no' }), tooMany(null)];
  show(() => <Form refusals={refusals} />);
  fireEvent.click(await button());
  expect((await button()).disabled).toBe(true);
  expect(screen.getByRole('alert').textContent).toContain('Try again in 1 min 5 s.');
  pass(6);
  expect(screen.getByRole('alert').textContent).toContain('Try again in 59 s.');
  pass(58);
  expect(screen.getByRole('alert').textContent).toContain('Try again in 1 s.');
  expect((await button()).disabled).toBe(true);
  pass(1);
  expect(screen.getByRole('alert').textContent).toContain('You can try again now.');
  expect((await button()).disabled).toBe(false);

  // A wrong password alone locks nothing, nor does a lockout that says no time.
  fireEvent.click(await button());
  expect(screen.getByRole('alert').textContent).toBe('E-mail or password is not right');
  expect((await button()).disabled).toBe(false);
  fireEvent.click(await button());
  expect(screen.getByRole('alert').textContent).toContain('Wait a while.');
  expect((await button()).disabled).toBe(false);
});

it('never shows more seconds than the server said, wherever in a second the refusal comes', async () => {
  vi.setSystemTime('2026-11-28T10:00:00.900Z');
  show(() => <Form refusals={[tooMany(60)]} />);
  fireEvent.click(await button());
  expect(screen.getByRole('alert').textContent).toContain('Try again in 1 min.');
  pass(61);
  expect((await button()).disabled).toBe(false);
});
