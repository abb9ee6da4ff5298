import { createHmac } from 'node:crypto';
import type { AutomationRun } from '@trunkline/contract/automations';
import { findEventType } from '@trunkline/contract/event-types/catalog';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { connectByConsent } from './support/consent.ts';
import { flip, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Sandbox } from './support/sandbox.ts';

const exampleOf = (type: string) => findEventType(type)!.example;

/** Texts that were posted in Slack with a word that only this test uses. */
async function posted(sandbox: Sandbox, word: string): Promise<string[]> {
  const all = await sandbox.sent('slack');
  return all.map(({ text }) => String(text)).filter((text) => text.includes(word));
}

async function runs(api: MachineApi): Promise<AutomationRun[]> {
  return (await api.call<{ data: AutomationRun[] }>('GET', '/automation-runs')).data;
}

test('ACT-4, CONN-9: from a template to a message in Slack; a run that was given up is corrected and retried', async ({
  page,
  api,
  sandbox,
}) => {
  const word = `w${Date.now()}`;
  await page.goto('/automations');
  await expect(page.getByText('Nothing happens by itself yet')).toBeVisible();
  await page.getByRole('link', { name: 'See the templates' }).click();
  const card = page.getByRole('listitem').filter({ hasText: 'Failed payment → Slack' });
  await expect(card).toContainText('nothing connected yet');
  await connectByConsent(page, sandbox, 'slack', 'Slack');

  await page.goto('/automations?tab=templates');
  await expect(card).toContainText('connected');
  await card.getByRole('link', { name: /Use template/ }).click();
  await expect(page.getByRole('region', { name: 'Input of “post”' })).toContainText(
    'Payment PAY-77120 of Northwind Bank failed: 1290 USD.',
  );
  await expect(page.getByText('Goes through Slack.')).toBeVisible();
  await page.getByRole('button', { name: 'Create automation' }).click();
  await expect(page.getByRole('row', { name: /Failed payments to chat/ })).toContainText('Active');

  const payment = { ...exampleOf('payment.failed'), id: word };
  await api.call('POST', '/events', { type: 'payment.failed', data: payment });
  await expect.poll(() => posted(sandbox, word)).toHaveLength(1);

  // An event that lacks what the text names.
  await api.call('POST', '/events', {
    type: 'payment.failed',
    data: { ...payment, id: `${word}-2`, reason: null },
  });
  await page.goto('/automations?tab=runs&status=dead_lettered');
  await page.getByRole('button', { name: /Failed payments to chat/ }).click();
  const drawer = page.getByRole('dialog', { name: 'Run' });
  await expect(drawer.getByText(/cannot be filled from this event/)).toBeVisible();
  await expect(drawer.getByText(/event\.data\.reason is missing/)).toBeVisible();
  await drawer.getByRole('link', { name: 'Failed payments to chat' }).click();
  const text = page.getByRole('textbox', { name: 'Text', exact: true });
  await text.fill('Payment {{ event.data.nobody }}');
  await expect(page.getByText(/event\.data\.nobody is missing/)).toBeVisible();
  await text.fill('Payment {{ event.data.id }}: {{ event.data.reason | "no reason" }}');
  await expect(page.getByRole('region', { name: 'Input of “post”' })).toContainText('The card was declined.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Automation saved')).toBeVisible();
  await page.getByRole('button', { name: /1 dead letters of/ }).click();
  await page.getByRole('button', { name: /Failed payments to chat/ }).click();
  await drawer.getByRole('button', { name: 'Retry' }).click();
  await expect(drawer.getByText('Every step was done.')).toBeVisible();
  expect(await posted(sandbox, `${word}-2`)).toEqual([`Payment ${word}-2: no reason`]);
  await expect(drawer.getByRole('region', { name: 'Steps' })).toContainText('through Slack');
  expect((await runs(api)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
});

test('the pages of automations fit a narrow screen', async ({ page, api }) => {
  const steps = [{ name: 'post', capability: 'chat.post', input: { text: 'Robot {{ event.data.id }}' } }];
  const trigger = { kind: 'event', events: ['robot.stopped'] };
  await api.call('POST', '/automations', { name: 'Robots', trigger, steps });
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of [
    '/automations',
    '/automations?tab=runs',
    '/automations?tab=templates',
    '/automations/new',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await sidewaysScroll(page)).toBe(0);
  }
});

test('ACT-5: an interview gets a calendar event with the address of its meeting', async ({
  page,
  api,
  sandbox,
}) => {
  const id = `INT-${Date.now()}`;
  await connectByConsent(page, sandbox, 'zoom', 'Zoom');
  await connectByConsent(page, sandbox, 'google-calendar', 'Google Calendar');
  await page.goto('/automations/new?template=interview-calendar-meeting');
  await expect(page.getByRole('region', { name: 'Input of “calendar”' })).toContainText(
    'priya.raman@example.com',
  );
  await page.getByRole('button', { name: 'Create automation' }).click();
  await expect(page.getByRole('row', { name: /Interviews: meeting and calendar/ })).toBeVisible();
  await api.call('POST', '/events', {
    type: 'interview.scheduled',
    data: { ...exampleOf('interview.scheduled'), id },
  });
  await expect
    .poll(async () => {
      const events = await sandbox.sent('google-calendar');
      return events.filter((event) => JSON.stringify(event).includes(id)).map(({ location }) => location);
    })
    .toEqual([expect.stringMatching(/^https:\/\//)]);

  // The switch of the calendar alone does it, too.
  const { data } = await api.call<{ data: IntegrationDetail[] }>('GET', '/integrations');
  const calendar = data.find(({ provider }) => provider.slug === 'google-calendar')!;
  await page.goto(`/integrations/${calendar.id}?tab=settings`);
  const card = page.getByRole('region', { name: 'Interviews' });
  await flip(card.getByRole('switch', { name: 'Sync interviews' }));
  await expect(card.getByRole('link', { name: /^Interviews by video|^Cancelled interviews/ })).toHaveCount(2);
  await api.call('POST', '/events', {
    type: 'interview.scheduled',
    data: { ...exampleOf('interview.scheduled'), id: `${id}-synced` },
  });
  await expect
    .poll(async () => {
      const events = await sandbox.sent('google-calendar');
      const texts = events.map((event) => JSON.stringify(event));
      return texts.filter((text) => text.includes(`${id}-synced`) && text.includes('meet.google.com'));
    })
    .toHaveLength(1);
  await api.call('POST', '/events', {
    type: 'interview.cancelled',
    data: { ...exampleOf('interview.cancelled'), id: `${id}-synced` },
  });
  await expect
    .poll(async () => {
      const events = await sandbox.sent('google-calendar');
      const texts = events.map((event) => [JSON.stringify(event), event['status']] as const);
      return texts
        .filter(([text]) => text.includes(`${id}-synced`) && text.includes('meet.google.com'))
        .map(([, status]) => status);
    })
    .toEqual(['cancelled']);
});

test('S17 17.5: the switches of Slack are automations; what is answered in a thread comes back', async ({
  page,
  api,
  sandbox,
  receiver,
}) => {
  const word = `CNV-${Date.now()}`;
  await connectByConsent(page, sandbox, 'slack', 'Slack');
  const { data } = await api.call<{ data: IntegrationDetail[] }>('GET', '/integrations');
  await page.goto(`/integrations/${data[0]!.id}?tab=settings`);
  const card = page.getByRole('region', { name: 'Notifications' });
  await flip(card.getByRole('switch', { name: 'New conversations' }));
  await flip(card.getByRole('switch', { name: 'Daily summary' }));
  await expect(card.getByRole('combobox', { name: 'Hour of the summary' })).toBeVisible();
  // With the signing secret of the app, as a person enters it on the page of the source.
  const signingSecret = '0123456789abcdef0123456789abcdef';
  const source = await api.call<{ url: string }>('POST', '/inbound/sources', {
    provider: 'slack',
    integrationId: data[0]!.id,
    key: signingSecret,
  });
  const answers = card.getByRole('switch', { name: 'Allow agents to reply from Slack' });
  await expect(answers).toBeChecked();
  await expect(page.getByRole('textbox', { name: 'Address' })).toHaveValue(source.url);
  const same = page.getByRole('switch', { name: 'Replies in threads' });
  for (const checked of [false, true]) {
    await flip(answers);
    await expect(same).toBeChecked({ checked });
    await expect(answers).toBeChecked({ checked });
    await expect(answers).toBeEnabled();
  }
  const endpoint = receiver.endpoint();
  await api.createWebhook({ name: 'Answers', url: endpoint.url, events: ['message.sent'] });
  const conversation = { ...exampleOf('conversation.created'), id: word };
  await api.call('POST', '/events', { type: 'conversation.created', data: conversation });
  await expect.poll(() => posted(sandbox, word)).toHaveLength(1);
  const message = (await sandbox.sent('slack')).find(({ text }) => String(text).includes(word))!;
  const channel = { general: 'C0GENERAL', 'support-alerts': 'C0SUPPORT' }[String(message['channel'])];
  const body = JSON.stringify({
    type: 'event_callback',
    event_id: `Ev${word}`,
    team_id: 'T0SANDBOX',
    event: {
      type: 'message',
      channel,
      user: 'U0ADA',
      text: 'I am looking into it.',
      ts: '1790000000.000100',
      thread_ts: message['ts'],
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  // It is known which conversation the thread is of as soon as the run has ended.
  await expect.poll(async () => (await runs(api)).map(({ status }) => status)).toContain('succeeded');
  const taken = await fetch(source.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  });
  expect(taken.status).toBe(200);
  await expect.poll(() => endpoint.requests.length).toBe(1);
  expect(JSON.parse(endpoint.requests[0]!.body)).toMatchObject({
    type: 'message.sent',
    data: {
      conversationId: word,
      channel: 'slack',
      text: 'I am looking into it.',
      sentBy: { kind: 'agent', id: 'U0ADA' },
    },
  });
  await flip(card.getByRole('switch', { name: 'New conversations' }));
  await card.getByRole('link', { name: 'Automation of New conversations' }).click();
  await expect(page.getByText('A switch on the page of its integration turns this on and off')).toBeVisible();
  await page.goto('/automations');
  await expect(page.getByRole('row', { name: /New conversations/ })).toContainText('Off');
  await expect(page.getByRole('row', { name: /Daily summary/ })).toContainText('Every day at');
});
