// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import { hide, serve, show } from '../../testing/show.tsx';
import { SessionsCard } from './SessionsCard.tsx';

const session = (last: number, browser: string, current = false) => ({
  id: `01890000-0000-7000-8000-00000000000${last}`,
  browser,
  address: '192.0.2.1',
  method: 'password',
  current,
  startedAt: '2026-11-28T10:00:00.000Z',
  lastSeenAt: '2026-11-28T11:00:00.000Z',
});

afterEach(hide);

it('signs out everywhere else after a question, and keeps this session', async () => {
  let sessions = [session(1, 'Chrome on Linux', true), session(2, 'Safari on macOS'), session(3, 'Edge')];
  const calls = serve({
    'account.listSessions': () => ({ sessions }),
    'account.endOtherSessions': () => {
      const ended = sessions.length - 1;
      sessions = sessions.slice(0, 1);
      return { ended };
    },
  });
  show(SessionsCard);
  await userEvent.click(await screen.findByRole('button', { name: 'Sign out everywhere else' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Sign out everywhere else?' }));
  await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  const ended = () => calls.filter(([procedure]) => procedure === 'account.endOtherSessions');
  expect(ended()).toHaveLength(0);

  await userEvent.click(screen.getByRole('button', { name: 'Sign out everywhere else' }));
  const again = within(await screen.findByRole('dialog', { name: 'Sign out everywhere else?' }));
  await userEvent.click(again.getByRole('button', { name: 'Sign out everywhere else' }));
  await waitFor(() => expect(screen.queryByText('Safari on macOS')).toBeNull());
  expect(screen.getByText('This session')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Sign out everywhere else' })).toBeNull();
  expect(ended()).toEqual([['account.endOtherSessions', {}]]);
});
