// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import type { Role } from '@trunkline/contract/permissions';
import { afterEach, expect, it } from 'vitest';
import { sampleMessage, sampleSource } from '../../testing/sample-inbound.ts';
import { ApiRefusal, hide, serve, show } from '../../testing/show.tsx';
import type { Answers, Call } from '../../testing/show.tsx';
import { IntegrationWebhookCard } from './IntegrationWebhookCard.tsx';
import { SourcePage } from './SourcePage.tsx';
import { usualSignature } from './SignatureFields.tsx';

afterEach(hide);

const { id } = sampleSource;
const page = (data: unknown[]) => ({ data, nextCursor: null });
const inputsOf = (calls: Call[], name: string) =>
  calls.filter(([procedure]) => procedure === `integrations.${name}`).map(([, input]) => input);
const isLocked = (element: HTMLElement) => element.getAttribute('aria-disabled') === 'true';

function open(answers: Answers = {}, role: Role = 'system_admin'): Call[] {
  const calls = serve({
    'integrations.getInboundSource': () => sampleSource,
    'integrations.listInboundMessages': () => page([sampleMessage]),
    'integrations.getProvider': () => ({ connections: [], inbound: null }),
    'integrations.updateInboundSource': () => sampleSource,
    ...answers,
  });
  show(SourcePage, '/inbound/$sourceId', role);
  return calls;
}

it('switches one event at once and leaves the others as they are', async () => {
  const calls = open();
  const events = await screen.findByRole('list', { name: 'Events' });
  const opens = within(events).getByRole<HTMLInputElement>('switch', { name: 'Opens' });
  expect([
    opens.checked,
    within(events).getByRole<HTMLInputElement>('switch', { name: 'Bounces' }).checked,
  ]).toEqual([false, true]);
  await userEvent.click(opens);
  await waitFor(() =>
    expect(inputsOf(calls, 'updateInboundSource')).toEqual([{ id, switches: { 'email.opened': true } }]),
  );
});

it('says what to do about a signature that does not match, until something comes in again', async () => {
  let source = {
    ...sampleSource,
    refused24h: 4,
    lastRefusal: { at: new Date().toISOString(), reason: 'wrong_signature', address: '203.0.113.9' },
  };
  open({ 'integrations.getInboundSource': () => source });
  expect(await screen.findByText('Refused: the signature did not match')).toBeTruthy();
  expect(screen.getByText(/key here differs from the one at SendGrid/).textContent).toContain(
    '4 were refused in 24 hours',
  );
  hide();
  source = { ...source, lastReceivedAt: new Date(Date.now() + 1_000).toISOString() };
  open({ 'integrations.getInboundSource': () => source });
  await screen.findByRole('list', { name: 'Events' });
  expect(screen.queryByText('Refused: the signature did not match')).toBeNull();
});

it('saves what was typed together, and shows what the server says of an address', async () => {
  let answer: unknown = new ApiRefusal('invalid_input', 'Not valid.', {
    errors: [{ pointer: '/allowedAddresses/1', detail: 'This is no network' }],
  });
  const calls = open({ 'integrations.updateInboundSource': () => answer });
  fireEvent.change(await screen.findByRole('textbox', { name: 'Name' }), { target: { value: ' Mail ' } });
  fireEvent.change(screen.getByLabelText('Allowed addresses'), { target: { value: '203.0.113.0/24\nhere' } });
  await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
  expect(await screen.findByText('This is no network')).toBeTruthy();
  answer = sampleSource;
  await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Save changes' })).toBeNull());
  expect(inputsOf(calls, 'updateInboundSource')[1]).toEqual({
    id,
    name: 'Mail',
    allowedAddresses: ['203.0.113.0/24', 'here'],
    perMinute: 3_000,
  });
});

it('replaces the key with an overlap, and shows one that was made here this once', async () => {
  const calls = open({
    'integrations.getInboundSource': () => ({
      ...sampleSource,
      provider: 'generic',
      signature: usualSignature,
    }),
    'integrations.replaceInboundKey': () => ({ key: 'made-here', previousKeyUntil: null }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Replace key' }));
  const dialog = within(await screen.findByRole('dialog', { name: /^Replace the key/ }));
  await userEvent.click(dialog.getByRole('radio', { name: /^After 1 hour/ }));
  await userEvent.click(dialog.getByRole('button', { name: 'Replace key' }));
  expect((await screen.findByTestId('fresh-key')).textContent).toBe('made-here');
  expect(inputsOf(calls, 'replaceInboundKey')).toEqual([{ id, overlapSeconds: 3_600 }]);
});

it('offers a key that the provider has proposed, and shows it to be confirmed there', async () => {
  const proposal = { at: '2026-11-29T09:00:00.000Z', address: '203.0.113.9', subscription: 'sub-1' };
  let source = { ...sampleSource, provider: 'gusto', providerName: 'Gusto', keyFrom: 'missing', proposal };
  const calls = open({
    'integrations.getInboundSource': () => source,
    'integrations.takeProposedKey': () => {
      source = { ...source, keyFrom: 'source', proposal: null as never };
      return { key: 'the-token', subscription: 'sub-1' };
    },
  });
  expect(await screen.findByText('Gusto has proposed a key')).toBeTruthy();
  expect(screen.getByText('203.0.113.9')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Use this key' }));
  expect((await screen.findByTestId('fresh-key')).textContent).toBe('the-token');
  expect(screen.getByText(/verification token of the subscription sub-1/)).toBeTruthy();
  await waitFor(() => expect(screen.queryByText('Gusto has proposed a key')).toBeNull());
  expect(inputsOf(calls, 'takeProposedKey')).toEqual([{ id }]);
});

it('wants the key of a provider, and saves it', async () => {
  const calls = open({
    'integrations.getInboundSource': () => ({ ...sampleSource, keyFrom: 'missing' }),
    'integrations.replaceInboundKey': (input) =>
      'key' in (input as object)
        ? { key: null, previousKeyUntil: null }
        : new ApiRefusal('invalid_input', 'Not valid.', {
            errors: [{ pointer: '/key', detail: 'The provider makes this key. Copy it from there.' }],
          }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Enter the key' }));
  const dialog = within(await screen.findByRole('dialog', { name: /^Enter the key/ }));
  expect(dialog.queryByRole('radio')).toBeNull();
  await userEvent.click(dialog.getByRole('button', { name: 'Save key' }));
  expect(await dialog.findByText('The provider makes this key. Copy it from there.')).toBeTruthy();
  fireEvent.change(dialog.getByLabelText(/^Event webhook verification key/, { selector: 'input' }), {
    target: { value: 'MFkw' },
  });
  await userEvent.click(dialog.getByRole('button', { name: 'Save key' }));
  await waitFor(() =>
    expect(inputsOf(calls, 'replaceInboundKey').at(-1)).toEqual({ id, overlapSeconds: 0, key: 'MFkw' }),
  );
});

it('says what deleting does before it does it', async () => {
  const calls = open({ 'integrations.deleteInboundSource': () => ({ ok: true }) });
  await userEvent.click(await screen.findByRole('button', { name: 'Delete' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Delete source “Bounces”?' }));
  expect(dialog.getByText(/answers 404 at once/)).toBeTruthy();
  expect(inputsOf(calls, 'deleteInboundSource')).toEqual([]);
  await userEvent.click(dialog.getByRole('button', { name: 'Delete source' }));
  await waitFor(() => expect(inputsOf(calls, 'deleteInboundSource')).toEqual([{ id }]));
});

it('locks by role', async () => {
  open({}, 'utility_admin');
  expect(isLocked(await screen.findByRole('button', { name: 'Delete' }))).toBe(true);
  expect(isLocked(screen.getByRole('button', { name: 'Replace key' }))).toBe(false);
  hide();
  open({}, 'viewer');
  expect(isLocked(await screen.findByRole('button', { name: 'Replace key' }))).toBe(true);
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).disabled).toBe(true);
  expect(screen.getByRole<HTMLInputElement>('switch', { name: 'Bounces' }).disabled).toBe(true);
});

it('says so when there is no such source', async () => {
  open({ 'integrations.getInboundSource': () => new ApiRefusal('not_found', 'There is no source.') });
  expect(await screen.findByText('There is no source at this address')).toBeTruthy();
});

it('makes the address of an integration on first use, and then shows it with its switches', async () => {
  const made: unknown[] = [];
  const calls = serve({
    'integrations.listInboundSources': () => page(made),
    'integrations.createInboundSource': () => {
      made.push({ ...sampleSource, integrationId: 'i', keyFrom: 'missing', lastReceivedAt: null });
      return { ...sampleSource, key: null };
    },
  });
  const integration = { id: 'i', name: 'Mail' } as IntegrationDetail;
  const provider = {
    slug: 'sendgrid',
    name: 'SendGrid',
    category: { key: 'email' },
    inbound: null,
  } as ProviderDetail;
  show(() => <IntegrationWebhookCard integration={integration} provider={provider} />);
  const card = within(await screen.findByRole('region', { name: 'Webhook (bounces and complaints)' }));
  await userEvent.click(await card.findByRole('button', { name: 'Create address' }));
  const address = await card.findByRole<HTMLInputElement>('textbox', { name: 'Address' });
  expect(address.value).toBe(sampleSource.url);
  expect(inputsOf(calls, 'createInboundSource')).toEqual([
    { provider: 'sendgrid', integrationId: 'i', name: 'Mail' },
  ]);
  expect(card.getByText('The event webhook verification key is not entered yet')).toBeTruthy();
  expect(card.getAllByRole('switch')).toHaveLength(2);
  expect(card.getByText(/^Last received/).textContent).toContain('never');
});
