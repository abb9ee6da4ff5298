// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ScopedKey } from '@trunkline/contract/api-keys';
import { afterEach, expect, it } from 'vitest';
import { hide, serve, show } from '../../testing/show.tsx';
import { ScopedKeyDialog } from './ScopedKeyDialog.tsx';

const dayMs = 86_400_000;
const existing: ScopedKey = {
  id: '01890000-0000-7000-8000-000000000009',
  name: 'Importer',
  keyPreview: 'tl_live_…abcd',
  scopes: ['events'],
  networks: ['203.0.113.0/24'],
  status: 'active',
  createdAt: '2026-11-01T10:00:00.000Z',
  createdBy: 'Ann',
  expiresAt: '2027-03-04T05:06:00.000Z',
  revokedAt: null,
  lastUsedAt: null,
};

afterEach(hide);

async function dialogOf(scopedKey: ScopedKey | null) {
  const calls = serve({
    'apiKeys.createApiKey': () => ({ ...existing, key: 'tl_live_new' }),
    'apiKeys.updateApiKey': () => existing,
    'apiKeys.listApiKeys': () => ({ enabled: true, keys: [] }),
  });
  show(() => <ScopedKeyDialog scopedKey={scopedKey} onClose={() => {}} onMade={() => {}} />);
  return { calls, dialog: within(await screen.findByRole('dialog')) };
}

it('makes a key with an end and with the networks that it may be used from', async () => {
  const { calls, dialog } = await dialogOf(null);
  fireEvent.change(dialog.getByLabelText(/^Name/), { target: { value: 'Importer' } });
  await userEvent.click(dialog.getByRole('combobox', { name: 'Ends' }));
  await userEvent.click(await screen.findByRole('option', { name: 'In 30 days' }));
  fireEvent.change(dialog.getByLabelText('Allowed addresses'), {
    target: { value: '203.0.113.0/24\n\n 2001:db8::1 ' },
  });
  const before = Date.now();
  await userEvent.click(dialog.getByRole('button', { name: 'Make key' }));
  const made = calls.find(([procedure]) => procedure === 'apiKeys.createApiKey')?.[1] as {
    expiresAt: string;
  };
  expect(made).toMatchObject({
    name: 'Importer',
    scopes: ['read'],
    networks: ['203.0.113.0/24', '2001:db8::1'],
  });
  const lasts = Date.parse(made.expiresAt) - before;
  expect(lasts).toBeGreaterThanOrEqual(30 * dayMs);
  expect(lasts).toBeLessThan(30 * dayMs + 60_000);
});

it('changes networks and leaves the end as it is, unless another is chosen', async () => {
  const { calls, dialog } = await dialogOf(existing);
  const addresses = dialog.getByLabelText<HTMLTextAreaElement>('Allowed addresses');
  expect(addresses.value).toBe('203.0.113.0/24');
  fireEvent.change(addresses, { target: { value: '' } });
  const saved = () =>
    calls.filter(([procedure]) => procedure === 'apiKeys.updateApiKey').map(([, input]) => input);
  const save = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'Save' });
  await userEvent.click(save());
  const input = { id: existing.id, name: 'Importer', scopes: ['events'], networks: [] };
  await waitFor(() => expect(saved()).toEqual([input]));

  await userEvent.click(dialog.getByRole('combobox', { name: 'Ends' }));
  await userEvent.click(await screen.findByRole('option', { name: 'No end' }));
  await userEvent.click(save());
  await waitFor(() => expect(saved()).toEqual([input, { ...input, expiresAt: null }]));
});
