// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Role } from '@trunkline/contract/permissions';
import { afterEach, expect, it } from 'vitest';
import { sampleMessage, sampleSource } from '../../testing/sample-inbound.ts';
import { ApiRefusal, hide, serve, show } from '../../testing/show.tsx';
import type { Answers, Call } from '../../testing/show.tsx';
import { InboundPage } from './InboundPage.tsx';

afterEach(hide);

const page = (data: unknown[]) => ({ data, nextCursor: null });
const sendgrid = {
  slug: 'sendgrid',
  name: 'SendGrid',
  category: { key: 'email', label: 'Email', group: { key: 'core', label: 'Core business' } },
  sendsWebhooks: true,
  connected: 0,
  inbound: { key: 'webhookPublicKey', notes: null },
  connections: [
    {
      fields: [
        {
          key: 'webhookPublicKey',
          label: 'Event webhook verification key',
          secret: false,
          help: 'Where SendGrid shows it.',
          example: null,
          level: 'account',
          optional: true,
          multiline: false,
          pattern: null,
          options: null,
        },
      ],
    },
  ],
};

function open(answers: Answers = {}, role: Role = 'system_admin'): Call[] {
  const calls = serve({
    'integrations.listInboundSources': () => page([sampleSource]),
    'integrations.listInboundMessages': () => page([sampleMessage]),
    'integrations.listProviders': () => ({ data: [sendgrid], nextCursor: null }),
    'integrations.getProvider': () => sendgrid,
    'integrations.listIntegrations': () => page([]),
    'integrations.getInboundSettings': () => ({ retentionDays: 30, suppress: true }),
    'integrations.listSuppressions': () => ({
      ...page([
        {
          address: 'ada@example.com',
          reason: 'spam_reported',
          detail: null,
          provider: 'sendgrid',
          createdAt: '2026-11-20T10:00:00.000Z',
          createdBy: null,
        },
      ]),
      total: 1,
    }),
    ...answers,
  });
  show(InboundPage, '/inbound', role);
  return calls;
}

const inputsOf = (calls: Call[], name: string) =>
  calls.filter(([procedure]) => procedure === `integrations.${name}`).map(([, input]) => input);
const isLocked = (element: HTMLElement) => element.getAttribute('aria-disabled') === 'true';

it('explains what a source is while there is none', async () => {
  open({ 'integrations.listInboundSources': () => page([]) });
  expect(await screen.findByText('Nobody sends webhooks to you yet')).toBeTruthy();
  expect(screen.getAllByRole('button', { name: 'Add source' })).toHaveLength(2);
});

it('says why a source refuses, and has what failed processed again', async () => {
  const refused = {
    ...sampleSource,
    failed: 2,
    refused24h: 3,
    lastRefusal: { at: new Date().toISOString(), reason: 'wrong_signature', address: '203.0.113.9' },
  };
  const calls = open({
    'integrations.listInboundSources': () => page([refused]),
    'integrations.reprocessInbound': () => ({ queued: 2 }),
  });
  const row = await screen.findByRole('row', { name: /Bounces/ });
  expect(row.textContent).toContain('3 refused: the signature did not match');
  await userEvent.click(within(row).getByRole('button', { name: /^Process again: 2 webhooks of Bounces/ }));
  await waitFor(() =>
    expect(inputsOf(calls, 'reprocessInbound')).toEqual([{ sourceId: sampleSource.id, state: 'failed' }]),
  );
});

it('leads from the provider to an address with the steps there, and waits for the first webhook', async () => {
  const made = { ...sampleSource, keyFrom: 'missing', lastReceivedAt: null };
  const calls = open({
    'integrations.createInboundSource': () => ({ ...made, key: null }),
    'integrations.getInboundSource': () => made,
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Add source' }));
  await userEvent.click(await screen.findByRole('button', { name: /^SendGrid/ }));
  const name = await screen.findByRole<HTMLInputElement>('textbox', { name: /^Name/ });
  expect(name.value).toBe('SendGrid');
  fireEvent.change(screen.getByLabelText(/^Event webhook verification key/), { target: { value: ' MFkw ' } });
  await userEvent.click(screen.getByRole('button', { name: 'Create source' }));
  const address = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Address' });
  expect(address.value).toBe(sampleSource.url);
  expect(screen.getByText('Enter the address as Post URL.')).toBeTruthy();
  expect(screen.getByText('Waiting for the first webhook…')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Enter the key' })).toBeTruthy();
  expect(inputsOf(calls, 'createInboundSource')).toEqual([
    { provider: 'sendgrid', name: 'SendGrid', key: 'MFkw', allowedAddresses: [], perMinute: 3_000 },
  ]);
});

it('says received once the first webhook has come', async () => {
  open({
    'integrations.createInboundSource': () => ({ ...sampleSource, lastReceivedAt: null, key: 'made-here' }),
    'integrations.getInboundSource': () => sampleSource,
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Add source' }));
  await userEvent.click(await screen.findByRole('button', { name: /^Any sender/ }));
  fireEvent.change(await screen.findByRole('textbox', { name: /^Name/ }), { target: { value: 'Payroll' } });
  await userEvent.click(screen.getByRole('button', { name: 'Create source' }));
  expect(await screen.findByText(/^Received: the first webhook has come/)).toBeTruthy();
  expect(screen.getByTestId('fresh-key').textContent).toBe('made-here');
  expect((await screen.findByRole('link', { name: 'Look at it' })).getAttribute('href')).toContain(
    `message=${sampleMessage.id}`,
  );
});

it('sends how any sender signs, and shows a refusal at its field', async () => {
  let refuses = true;
  const calls = open({
    'integrations.createInboundSource': () =>
      refuses
        ? new ApiRefusal('invalid_input', 'Not valid.', {
            errors: [{ pointer: '/allowedAddresses/0', detail: 'This is no network' }],
          })
        : { ...sampleSource, key: null },
    'integrations.getInboundSource': () => sampleSource,
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Add source' }));
  await userEvent.click(await screen.findByRole('button', { name: /^Any sender/ }));
  await userEvent.click(await screen.findByRole('button', { name: 'Create source' }));
  expect(await screen.findByText('Give it a name')).toBeTruthy();
  fireEvent.change(screen.getByRole('textbox', { name: /^Name/ }), { target: { value: 'Payroll' } });
  fireEvent.change(screen.getByRole('textbox', { name: 'Text before it' }), { target: { value: 'v1=' } });
  expect(screen.getByRole('group', { name: 'Headers of the example' }).textContent).toMatch(
    /^X-Signature: v1=[0-9a-f]{64}$/,
  );
  fireEvent.change(screen.getByLabelText('Allowed addresses'), { target: { value: '10.0.0.0/99' } });
  await userEvent.click(screen.getByRole('button', { name: 'Create source' }));
  expect(await screen.findByText('This is no network')).toBeTruthy();
  refuses = false;
  await userEvent.click(screen.getByRole('button', { name: 'Create source' }));
  expect(await screen.findByText('Bounces has an address')).toBeTruthy();
  expect(inputsOf(calls, 'createInboundSource')[1]).toMatchObject({
    provider: 'generic',
    name: 'Payroll',
    signature: { algorithm: 'hmac-sha256', header: 'X-Signature', prefix: 'v1=' },
    allowedAddresses: ['10.0.0.0/99'],
  });
});

it('shows a viewer everything and lets them change nothing', async () => {
  open({ 'integrations.listInboundSources': () => page([{ ...sampleSource, failed: 1 }]) }, 'viewer');
  const row = await screen.findByRole('row', { name: /Bounces/ });
  expect(within(row).getByRole<HTMLInputElement>('switch').disabled).toBe(true);
  expect(isLocked(within(row).getByRole('button', { name: /^Process again/ }))).toBe(true);
  expect(isLocked(screen.getByRole('button', { name: 'Add source' }))).toBe(true);
  await userEvent.click(screen.getByRole('tab', { name: 'Suppressed addresses' }));
  expect(isLocked(await screen.findByRole('button', { name: 'Remove ada@example.com' }))).toBe(true);
  expect(isLocked(screen.getByRole('button', { name: 'Add address' }))).toBe(true);
});

it('leaves what holds for all sources to a system administrator', async () => {
  open({}, 'utility_admin');
  await userEvent.click(await screen.findByRole('tab', { name: 'Suppressed addresses' }));
  const remove = await screen.findByRole('button', { name: 'Remove ada@example.com' });
  expect(isLocked(remove)).toBe(false);
  const refuse = screen.getByRole<HTMLInputElement>('switch', { name: 'Refuse to send to these addresses' });
  expect(refuse.disabled).toBe(true);
  await userEvent.click(screen.getByRole('tab', { name: 'Received' }));
  expect(isLocked(await screen.findByRole('button', { name: 'Change' }))).toBe(true);
});

it('takes an address off the list after a warning, adds one, and switches refusing off', async () => {
  const calls = open({
    'integrations.removeSuppression': () => ({ ok: true }),
    'integrations.addSuppression': () => ({}),
    'integrations.updateInboundSettings': () => ({ retentionDays: 30, suppress: false }),
  });
  await userEvent.click(await screen.findByRole('tab', { name: 'Suppressed addresses' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Remove ada@example.com' }));
  const asks = await screen.findByRole('dialog', { name: 'Send to ada@example.com again?' });
  expect(asks.textContent).toContain('has called your mail spam');
  await userEvent.click(within(asks).getByRole('button', { name: 'Remove from the list' }));
  await waitFor(() => expect(inputsOf(calls, 'removeSuppression')).toEqual([{ address: 'ada@example.com' }]));

  await userEvent.click(screen.getByRole('button', { name: 'Add address' }));
  const adds = await screen.findByRole('dialog', { name: 'Send no more mail to an address' });
  await userEvent.click(within(adds).getByRole('button', { name: 'Add address' }));
  expect(await within(adds).findByText('Enter an e-mail address')).toBeTruthy();
  fireEvent.change(within(adds).getByLabelText(/^Address/), { target: { value: 'bob@example.com' } });
  await userEvent.click(within(adds).getByRole('button', { name: 'Add address' }));
  await waitFor(() =>
    expect(inputsOf(calls, 'addSuppression')).toEqual([{ address: 'bob@example.com', detail: null }]),
  );

  await userEvent.click(screen.getByRole('switch', { name: 'Refuse to send to these addresses' }));
  await waitFor(() => expect(inputsOf(calls, 'updateInboundSettings')).toEqual([{ suppress: false }]));
});

it('opens a webhook with what it became and what it was, cut where it is long', async () => {
  const calls = open({
    'integrations.getInboundMessage': () => ({
      ...sampleMessage,
      state: 'failed',
      attempts: 8,
      error: 'The engine did not answer',
      repeats: 2,
      bytes: 400_000,
      method: 'POST',
      address: '203.0.113.9',
      headers: { 'content-type': 'application/json' },
      contentType: 'application/json',
      body: '[{"event":"bounce"',
      bodyCut: true,
      sha256: 'ab'.repeat(32),
    }),
    'integrations.reprocessInbound': () => ({ queued: 1 }),
  });
  await userEvent.click(await screen.findByRole('tab', { name: 'Received' }));
  await userEvent.click(await screen.findByRole('button', { name: /^bounce/ }));
  const drawer = within(await screen.findByRole('dialog', { name: 'Received webhook' }));
  expect(await drawer.findByText('The engine did not answer')).toBeTruthy();
  expect(drawer.getByText('2 times; answered each time, processed once')).toBeTruthy();
  expect(drawer.getByText(/^The first 256 KiB of 390\.6 KiB/)).toBeTruthy();
  expect(drawer.getByRole('link', { name: 'in_1' }).getAttribute('href')).toBe('/events/in_1');
  await userEvent.click(drawer.getByRole('button', { name: 'Process again' }));
  await waitFor(() => expect(inputsOf(calls, 'reprocessInbound')).toEqual([{ id: sampleMessage.id }]));
});
