// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import { apiKey } from '../../testing/sample-api-key.ts';
import { ApiRefusal, hide, serve, show } from '../../testing/show.tsx';
import type { Call } from '../../testing/show.tsx';
import { ApiKeyPage } from './ApiKeyPage.tsx';

afterEach(hide);

/** A server for a session that is too old for sensitive acts until the password was given. */
function oldSession(): Call[] {
  let fresh = false;
  const sensitive = (answer: unknown) => () =>
    fresh ? answer : new ApiRefusal('reauthentication_required', 'Confirm that it is you.');
  return serve({
    'apiKeys.getApiKey': () => apiKey,
    'apiKeys.getLimits': () => ({ installation: null, own: {}, effective: null, use: null }),
    'apiKeys.listApiKeys': () => ({ enabled: false, keys: [] }),
    'apiKeys.revealApiKey': sensitive({ key: 'tl_live_the_whole_key' }),
    'apiKeys.regenerateApiKey': sensitive({ ...apiKey, key: 'tl_live_a_new_key' }),
    'access.startReauthentication': () => ({ password: true, totp: false, passkey: null, sso: false }),
    'access.reauthenticate': (input) => {
      if ((input as { password: string }).password !== 'right') {
        return new ApiRefusal('invalid_credentials', 'That is not right.');
      }
      fresh = true;
      return {};
    },
  });
}

const acts = (calls: Call[]) =>
  calls.filter(([procedure]) => /revealApiKey|regenerateApiKey|reauthenticate/.test(procedure));
const confirming = () => screen.findByRole('dialog', { name: 'Confirm that it is you' });

async function confirmWith(password: string): Promise<void> {
  const dialog = await confirming();
  const field = await within(dialog).findByLabelText(/^Password/, { selector: 'input' });
  await userEvent.clear(field);
  await userEvent.type(field, password);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Confirm' }));
}

it('shows the key once the person has confirmed, after a wrong password too', async () => {
  const calls = oldSession();
  show(ApiKeyPage);
  await userEvent.click(await screen.findByRole('button', { name: 'Show' }));
  await confirmWith('wrong');
  expect((await screen.findByRole('alert')).textContent).toContain('The password is not right');
  expect(screen.queryByText('tl_live_the_whole_key')).toBeNull();
  await confirmWith('right');
  expect(await screen.findByText('tl_live_the_whole_key')).toBeTruthy();
  expect(acts(calls)).toEqual([
    ['apiKeys.revealApiKey', { purpose: 'show' }],
    ['access.reauthenticate', { password: 'wrong' }],
    ['access.reauthenticate', { password: 'right' }],
    ['apiKeys.revealApiKey', { purpose: 'show' }],
  ]);
});

it('regenerates the key with what was chosen before the question', async () => {
  const calls = oldSession();
  show(ApiKeyPage);
  await userEvent.click(await screen.findByRole('button', { name: 'Regenerate' }));
  const dialog = await screen.findByRole('dialog', { name: /regenerate the API key/ });
  await userEvent.click(within(dialog).getByRole('radio', { name: /^1 hour/ }));
  await userEvent.click(within(dialog).getByRole('button', { name: 'Regenerate' }));
  await confirmWith('right');
  expect(await screen.findByText('tl_live_a_new_key')).toBeTruthy();
  expect(acts(calls)).toEqual([
    ['apiKeys.regenerateApiKey', { graceSeconds: 3_600 }],
    ['access.reauthenticate', { password: 'right' }],
    ['apiKeys.regenerateApiKey', { graceSeconds: 3_600 }],
  ]);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('changes nothing when the question is closed, and says so', async () => {
  const calls = oldSession();
  show(ApiKeyPage);
  await userEvent.click(await screen.findByRole('button', { name: 'Show' }));
  await userEvent.click(within(await confirming()).getByRole('button', { name: 'Cancel' }));
  expect(await screen.findByText(/Nothing was changed/)).toBeTruthy();
  expect(acts(calls)).toEqual([['apiKeys.revealApiKey', { purpose: 'show' }]]);
  expect(screen.queryByText('tl_live_the_whole_key')).toBeNull();
});
