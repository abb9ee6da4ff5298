import { tabTo } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';

test('a webhook is created, tested and found again with the keyboard only', async ({ page, receiver }) => {
  const endpoint = receiver.endpoint();
  await page.goto('/webhooks');
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', { name: 'Add webhook' }).first());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Add webhook', level: 1 })).toBeFocused();

  await tabTo(page, page.getByLabel('Webhook name'));
  await page.keyboard.type('By keyboard');
  await tabTo(page, page.getByLabel('Webhook URL'));
  await page.keyboard.type(endpoint.url);
  const search = page.getByRole('searchbox', { name: 'Search events' });
  await tabTo(page, search);
  await expect(page.getByText(/The endpoint answered 200/)).toBeVisible();
  await page.keyboard.type('job.updated');
  await tabTo(page, page.getByRole('checkbox', { name: 'job.updated', exact: true }));
  await page.keyboard.press('Space');
  await expect(page.getByRole('group', { name: 'Selected events' })).toContainText('job.updated');
  await tabTo(page, page.getByRole('button', { name: 'Save & test' }));
  await page.keyboard.press('Enter');

  await expect(page.getByRole('heading', { name: 'Webhook created', level: 1 })).toBeVisible();
  await expect(page.getByText(/^200 OK \(Delivered in/)).toBeVisible();
  await tabTo(page, page.getByRole('link', { name: 'Open webhook' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'By keyboard', level: 1 })).toBeVisible();

  const row = page.getByRole('table', { name: 'Deliveries' }).getByRole('row', { name: /job.updated/ });
  await tabTo(page, row.getByRole('button'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Delivery', exact: true })).toContainText('job.updated');
});

test('a webhook is paused and resumed with the keyboard only; the button keeps the focus', async ({
  page,
  api,
  receiver,
}) => {
  const webhook = await api.createWebhook({ name: 'Held', url: receiver.endpoint().url });
  await page.goto(`/webhooks/${webhook.id}`);
  await tabTo(page, page.getByRole('button', { name: 'Pause deliveries' }));
  await page.keyboard.press('Enter');
  const resume = page.getByRole('button', { name: 'Resume deliveries' });
  await expect(resume).toBeFocused();
  await expect(page.getByRole('region', { name: 'State of this webhook' })).toContainText('Paused');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Pause deliveries' })).toBeFocused();
});

test('a dialog keeps the focus, closes with Escape and gives it back', async ({ page, api, receiver }) => {
  await api.createWebhook({ name: 'Kept', url: receiver.endpoint().url });
  await page.goto('/webhooks');
  const menu = page.getByRole('button', { name: 'Actions for Kept' });
  await tabTo(page, menu);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Open' })).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Delete webhook “Kept”?' });
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  for (let press = 0; press < 4; press += 1) {
    await page.keyboard.press('Tab');
    await expect(dialog.locator(':focus')).toHaveCount(1);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(menu).toBeFocused();
});
