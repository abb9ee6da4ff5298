import { expect, test } from './support/fixtures.ts';
import { flip } from './support/controls.ts';
import { quickRetry } from './support/machine-api.ts';
import { mutate } from './support/trpc.ts';

test('ACC a viewer sees everything and changes nothing', async ({ pageAs, api, receiver }) => {
  const webhook = await api.createWebhook({
    name: 'Looked at',
    url: receiver.endpoint(500).url,
    retry: quickRetry,
  });
  await api.send('job.created', { id: 'JOB-1' });
  await expect.poll(async () => (await api.deliveries(webhook.id, 'dlq')).length).toBe(1);
  const [delivery] = await api.deliveries(webhook.id);
  const { page } = await pageAs('viewer');
  const locked = async (names: string[]) => {
    for (const name of names) {
      await expect(
        page.getByText(name, { exact: true }).locator('xpath=ancestor-or-self::*[@data-locked]').first(),
        name,
      ).toHaveAttribute('aria-disabled', 'true');
    }
  };

  await page.goto('/webhooks');
  await expect(page.getByRole('row', { name: /Looked at/ })).toBeVisible();
  await locked(['Add webhook']);
  await expect(page.getByRole('switch', { name: 'Looked at active' })).toBeDisabled();
  await page.getByRole('button', { name: 'Actions for Looked at' }).click();
  await locked(['Edit', 'Send test', 'Pause deliveries', 'Delete']);

  await page.goto(`/webhooks/${webhook.id}?delivery=${delivery?.id}`);
  await expect(page.getByRole('heading', { name: 'Looked at', level: 1 })).toBeVisible();
  await locked([
    'Pause deliveries',
    'Edit',
    'Delete',
    'Send test webhook',
    'Replay failed',
    'Recover since…',
    'Replay',
  ]);

  await page.goto('/webhooks/new');
  await expect(page.getByText('Your role does not change webhooks')).toBeVisible();
  await page.goto('/dead-letters');
  await expect(page.getByRole('row', { name: /Looked at/ })).toBeVisible();
  await locked(['Retry all', 'Clear all', 'Retry', 'Clear']);
  await page.goto(`/undelivered?webhookId=${webhook.id}`);
  await expect(page.getByRole('row', { name: /Looked at/ })).toBeVisible();
  await locked(['Replay failed', 'Recover…']);
  await page.goto('/bulk-jobs');
  await expect(page.getByText('No bulk jobs yet')).toBeVisible();
  await page.goto('/retries');
  await expect(page.getByText('You can see these settings')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Fixed delay' })).toBeDisabled();
  await page.goto('/event-types');
  await locked(['Add event type']);
  await page.goto('/audit');
  await expect(page.getByRole('row', { name: /Webhook created/ })).toBeVisible();

  const refused = { status: 403, code: 'forbidden' };
  const id = webhook.id;
  for (const [procedure, input] of [
    ['integrations.createWebhook', { name: 'x', url: webhook.url, events: ['job.created'] }],
    ['integrations.updateWebhook', { id, name: 'x' }],
    ['integrations.deleteWebhook', { id }],
    ['integrations.testWebhook', { id, eventType: 'job.created' }],
    ['integrations.probeWebhook', { id }],
    ['integrations.updateBulkJob', { id, state: 'cancelled' }],
    ['integrations.retryAllDlq', {}],
    ['integrations.replayDelivery', { deliveryId: delivery?.id }],
    ['integrations.clearAllDlq', {}],
    ['integrations.revealWebhookSecret', { id }],
    ['access.inviteMember', { email: 'x@people.example', role: 'viewer' }],
  ] as const) {
    expect(await mutate(page, procedure, input), procedure).toMatchObject(refused);
  }
});

test('ACC a utility administrator works with webhooks but does not delete them or change retries', async ({
  pageAs,
  api,
  receiver,
}) => {
  const webhook = await api.createWebhook({ name: 'Shared', url: receiver.endpoint().url });
  const { page } = await pageAs('utility_admin');
  await page.goto('/webhooks');
  await flip(page.getByRole('switch', { name: 'Shared active' }));
  await expect(page.getByRole('switch', { name: 'Shared active' })).not.toBeChecked();
  await page.getByRole('button', { name: 'Actions for Shared' }).click();
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true');
  expect(await mutate(page, 'integrations.deleteWebhook', { id: webhook.id })).toMatchObject({ status: 403 });
  await page.goto('/retries');
  await expect(page.getByLabel('Max retries')).not.toBeEditable();
  await page.goto('/webhooks/new');
  await expect(page.getByLabel('Webhook name')).toBeEditable();
});
