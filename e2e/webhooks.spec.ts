import { expect, test } from './support/fixtures.ts';
import { choose, flip } from './support/controls.ts';
import { expectedSignature } from './support/webhook-signature.ts';

test('ADMIN-INT-011 CRM-AC-6 create a webhook with URL and event checkboxes; its secret is shown and signs', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint();
  await page.goto('/webhooks');
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await page.getByRole('link', { name: 'Add webhook' }).first().click();
  await expect(page.getByRole('heading', { name: 'Add webhook', level: 1 })).toBeVisible();

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Give the webhook a name')).toBeVisible();
  await expect(page.getByText('Enter the URL that receives the events')).toBeVisible();
  await expect(page.getByText('Pick at least one event')).toBeVisible();

  await page.getByLabel('Webhook name').fill('Job Created - Zapier');
  await page.getByLabel('Webhook URL').fill(endpoint.url);
  await page.getByRole('checkbox', { name: 'job.created', exact: true }).check();
  await page.getByRole('checkbox', { name: 'candidate.updated', exact: true }).check();
  await expect(page.getByText(/^The endpoint answered 200/)).toBeVisible();
  await page.getByRole('button', { name: 'Save', exact: true }).click();

  await expect(page.getByRole('heading', { name: 'Webhook created', level: 1 })).toBeVisible();
  const secret = await page.getByTestId('fresh-secret').innerText();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/=]{24,}$/);

  const ping = endpoint.requests.length;
  await api.send('job.created', { id: 'JOB-1' });
  await expect.poll(() => endpoint.requests.length).toBe(ping + 1);
  const received = endpoint.requests[ping];
  expect(received?.headers['webhook-signature']).toContain(received && expectedSignature(secret, received));

  await page.getByRole('link', { name: 'Open webhook' }).click();
  await expect(page.getByRole('heading', { name: 'Job Created - Zapier', level: 1 })).toBeVisible();
});

test('CRM-AC-4 CRM-AC-5 the list shows every webhook with URL, events, status and switch', async ({
  page,
  api,
  receiver,
}) => {
  const contacts = receiver.endpoint();
  await api.createWebhook({
    name: 'Contact sync',
    url: contacts.url,
    events: ['contact.created', 'contact.updated'],
  });
  const off = await api.createWebhook({ name: 'Paused one', url: receiver.endpoint().url });
  await api.call('PATCH', `/webhooks/${off.id}`, { status: 'disabled' });
  await page.goto('/webhooks');
  const row = page.getByRole('row', { name: /Contact sync/ });
  await expect(row).toContainText(contacts.url);
  await expect(row).toContainText('contact.created');
  await expect(row).toContainText('contact.updated');
  await expect(row).toContainText('Active');
  await expect(page.getByRole('switch', { name: 'Contact sync active' })).toBeChecked();
  await expect(page.getByRole('switch', { name: 'Paused one active' })).not.toBeChecked();

  await choose(page.getByRole('radio', { name: /Disabled/ }));
  await expect(row).toBeHidden();
  await expect(page.getByRole('row', { name: /Paused one/ })).toBeVisible();
  await choose(page.getByRole('radio', { name: /^All/ }));
  await page.getByRole('searchbox', { name: 'Search webhooks' }).fill('contact.upd');
  await expect(row).toBeVisible();
  await expect(page.getByRole('row', { name: /Paused one/ })).toBeHidden();
});

test('CRM-AC-8 the seven events of the CRM are offered, and a group can be taken as a whole', async ({
  page,
}) => {
  await page.goto('/webhooks/new');
  for (const event of [
    'contact.created',
    'contact.updated',
    'campaign.completed',
    'campaign.started',
    'email.sent',
    'email.clicked',
    'email.opened',
  ]) {
    await expect(page.getByRole('checkbox', { name: event, exact: true })).toBeVisible();
  }
  await page.getByRole('checkbox', { name: /Contacts all of/ }).check();
  await expect(page.getByRole('checkbox', { name: 'contact.created', exact: true })).toBeChecked();
  await expect(page.getByRole('group', { name: 'Selected events' })).toContainText('contact.*');
});

test('CRM-AC-7 CRM-AC-19 each fault of a URL has its own message; only an unreachable one may be saved', async ({
  page,
  receiver,
  api,
}) => {
  await page.goto('/webhooks/new');
  const url = page.getByLabel('Webhook URL');
  await page.getByLabel('Webhook name').fill('Fussy');
  await page.getByRole('checkbox', { name: 'job.created', exact: true }).check();
  const save = page.getByRole('button', { name: 'Save', exact: true });
  const created = page.getByRole('heading', { name: 'Webhook created' });

  for (const [wrong, message] of [
    ['api.example.com/webhooks', /not a valid URL/],
    ['http://93.184.216.34/webhooks', /must start with https:\/\//],
    ['https://10.1.2.3/webhooks', /private|reserved|public/],
    ['https://[::1]/webhooks', /private|reserved|public/],
  ] as const) {
    await url.fill(wrong);
    await url.blur();
    await expect(url).toHaveAccessibleDescription(message);
    await save.click();
    await expect(url).toHaveAccessibleDescription(message);
    await expect(created).toBeHidden();
  }

  const closed = new URL(receiver.endpoint().url);
  closed.port = '9';
  await url.fill(closed.href);
  await url.blur();
  await expect(page.getByText(/Webhook endpoint unreachable.*You may save it anyway/)).toBeVisible();
  await save.click();
  await expect(created).toBeVisible();
  const { data } = await api.call<{ data: { url: string }[] }>('GET', '/webhooks');
  expect(data.map((webhook) => webhook.url)).toEqual([closed.href]);
});

test('a URL that is changed while saving waits for its check is not saved', async ({
  page,
  receiver,
  api,
}) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/checkWebhookUrl/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/webhooks/new');
  const url = page.getByLabel('Webhook URL');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await page.getByLabel('Webhook name').fill('Hasty');
  await page.getByRole('checkbox', { name: 'job.created', exact: true }).check();
  await url.fill(receiver.endpoint().url);
  await save.click();
  await expect(save).toBeDisabled();
  await url.fill(receiver.endpoint().url);
  release();
  await expect(save).toBeEnabled();
  await expect(page.getByRole('heading', { name: 'Add webhook' })).toBeVisible();
  expect((await api.call<{ data: unknown[] }>('GET', '/webhooks')).data).toEqual([]);
});

test('CRM-AC-9 a switch stops deliveries at once, without a reload, and other people see it live', async ({
  page,
  pageAs,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint();
  const webhook = await api.createWebhook({ name: 'Toggled', url: endpoint.url });
  const { page: other } = await pageAs('utility_admin');
  await other.goto('/webhooks');
  await expect(other.getByRole('switch', { name: 'Toggled active' })).toBeChecked();
  await expect(other.getByText('Live', { exact: true })).toBeVisible();

  await page.goto('/webhooks');
  const toggle = page.getByRole('switch', { name: 'Toggled active' });
  await flip(toggle);
  await expect(toggle).not.toBeChecked();
  await expect(page.getByRole('row', { name: /Toggled/ })).toContainText('Disabled');
  await expect(other.getByRole('switch', { name: 'Toggled active' })).not.toBeChecked();

  // What another endpoint has received shows that the event has gone out.
  const control = receiver.endpoint();
  await api.createWebhook({ name: 'Control', url: control.url });
  await api.send('job.created', { id: 'while off' });
  await expect.poll(() => control.requests.length).toBe(1);
  expect(endpoint.requests).toEqual([]);
  expect(await api.deliveries(webhook.id)).toEqual([]);

  await expect(page.getByRole('row', { name: /Toggled/ })).toContainText('1 held');

  // What was held is sent now, unless a person leaves it out.
  await flip(toggle);
  const dialog = page.getByRole('dialog', { name: 'Switch on “Toggled”?' });
  await expect(dialog).toContainText('1 delivery is held.');
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await expect(dialog).toBeHidden();
  await expect(toggle).toBeChecked();
  await expect(other.getByRole('switch', { name: 'Toggled active' })).toBeChecked();
  await expect.poll(() => endpoint.requests.length).toBe(1);
  await api.send('job.created', { id: 'on again' });
  await expect.poll(() => endpoint.requests.length).toBe(2);

  await flip(toggle);
  await expect(page.getByRole('row', { name: /Toggled/ })).toContainText('Disabled');
  await api.send('job.created', { id: 'left out' });
  await page.goto(`/webhooks/${webhook.id}`);
  await expect(page.getByText('1 delivery is held.')).toBeVisible();
  await flip(page.getByRole('switch', { name: 'Active' }));
  await dialog.getByLabel('Leave it out').check();
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByRole('switch', { name: 'Active' })).toBeChecked();
  await api.send('job.created', { id: 'after it' });
  await expect.poll(() => endpoint.requests.length).toBe(3);
});

test('CRM-AC-14 deleting a webhook asks first', async ({ page, api, receiver }) => {
  await api.createWebhook({ name: 'Old one', url: receiver.endpoint().url });
  await page.goto('/webhooks');
  const row = page.getByRole('row', { name: /Old one/ });
  const dialog = page.getByRole('dialog', { name: 'Delete webhook “Old one”?' });
  for (const answer of ['Cancel', 'Delete webhook']) {
    await page.getByRole('button', { name: 'Actions for Old one' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: answer }).click();
    await expect(dialog).toBeHidden();
    await expect(row).toBeVisible({ visible: answer === 'Cancel' });
  }
  await expect(page.getByText('No webhooks yet')).toBeVisible();
});

test('CRM-AC-20 what was set survives a reload and a new browser session', async ({
  page,
  openPage,
  organization,
  api,
  receiver,
}) => {
  const webhook = await api.createWebhook({
    name: 'Lasting',
    url: receiver.endpoint().url,
    events: ['job.*', 'email.opened'],
  });
  await page.goto(`/webhooks/${webhook.id}/edit`);
  await page.getByLabel('Description').fill('Kept across sessions');
  await page.getByRole('checkbox', { name: 'interview.scheduled', exact: true }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Lasting', level: 1, exact: true })).toBeVisible();
  await flip(page.getByRole('switch', { name: 'Active' }));
  await expect(page.getByText('Switched off', { exact: true })).toBeVisible();

  await page.reload();
  const later = await openPage(organization.administrator);
  await later.goto(`/webhooks/${webhook.id}`);
  for (const view of [page, later]) {
    await expect(view.getByText('Kept across sessions')).toBeVisible();
    await expect(view.getByText('interview.scheduled').first()).toBeVisible();
    await expect(view.getByRole('switch', { name: 'Active' })).not.toBeChecked();
  }
});

test('WH-6 a regenerated secret is shown once and deliveries carry both signatures while they overlap', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint();
  const webhook = await api.createWebhook({ name: 'Rotated', url: endpoint.url });
  await page.goto(`/webhooks/${webhook.id}/edit`);
  await page.getByRole('button', { name: 'Regenerate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Regenerate the signing secret?' });
  await dialog.getByRole('button', { name: 'Regenerate secret' }).click();
  await expect(dialog).toBeHidden();
  const secret = await page.getByTestId('fresh-secret').innerText();
  expect(secret).not.toBe(webhook.secret);
  await api.send('job.created', { id: 'JOB-2' });
  await expect.poll(() => endpoint.requests.length).toBe(1);
  const [received] = endpoint.requests;
  for (const each of [secret, webhook.secret]) {
    expect(received?.headers['webhook-signature']).toContain(received && expectedSignature(each, received));
  }
});

test('leaving a form with unsaved changes asks first', async ({ page }) => {
  await page.goto('/webhooks/new');
  await page.getByLabel('Webhook name').fill('Half done');
  await page.getByRole('link', { name: 'Endpoints' }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByLabel('Webhook name')).toHaveValue('Half done');
  await page.getByRole('link', { name: 'Endpoints' }).click();
  await dialog.getByRole('button', { name: 'Discard changes' }).click();
  await expect(page.getByRole('heading', { name: 'Webhooks', level: 1 })).toBeVisible();
});
