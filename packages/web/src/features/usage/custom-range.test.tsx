// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import { hide, serve, show } from '../../testing/show.tsx';
import { UsagePage } from './UsagePage.tsx';

afterEach(hide);

it('asks for the days that are chosen, the last one included', async () => {
  const calls = serve({});
  show(UsagePage, '/usage');
  await userEvent.click(await screen.findByRole('radio', { name: 'Custom' }));
  const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
  fireEvent.change(await screen.findByLabelText('From'), { target: { value: '2026-11-02' } });
  await waitFor(() => expect(field('From').value).toBe('2026-11-02'));
  fireEvent.change(field('To'), { target: { value: '2026-11-03' } });
  const local = (text: string) => new Date(text).toISOString();
  await waitFor(() =>
    expect(calls.filter(([procedure]) => procedure === 'apiKeys.getUsage').at(-1)?.[1]).toEqual({
      range: 'custom',
      since: local('2026-11-02T00:00:00'),
      until: local('2026-11-04T00:00:00'),
    }),
  );
  await userEvent.click(screen.getByRole('radio', { name: '7 days' }));
  await waitFor(() =>
    expect(calls.filter(([procedure]) => procedure === 'apiKeys.getUsage').at(-1)?.[1]).toEqual({
      range: '7d',
    }),
  );
  expect(screen.queryByLabelText('From')).toBeNull();
});
