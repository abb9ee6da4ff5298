import type { ActionBulk } from '@trunkline/contract/action-bulks';
import type { ActionDetail } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import { choose, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';

test('a bulk shows its progress and its rest is cancelled; a scheduled action is taken back', async ({
  page,
  api,
  sandbox,
}) => {
  const values = await sandbox.credentials('postmark');
  await api.call('POST', '/integrations', { provider: 'postmark', name: 'Postmark', values });
  const message = (subject: string) => ({ to: 'jane@example.com', subject, text: 'Hello' });
  const now = await api.call<ActionBulk>('POST', '/actions/bulk', {
    capability: 'email.send',
    inputs: [message('One'), message('Two'), message('Three')],
  });
  expect(now.total).toBe(3);
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  await api.call('POST', '/actions/bulk', {
    capability: 'email.send',
    inputs: [message('Four'), message('Five')],
    sendAt,
  });
  await api.call<ActionDetail>('POST', '/actions/email.send', { ...message('Six'), sendAt });

  await page.goto('/actions');
  const bulks = page.getByRole('region', { name: 'Bulks' });
  await expect(bulks.getByText('3 done', { exact: false })).toBeVisible();
  await expect(bulks.getByText('2 queued', { exact: false })).toBeVisible();
  await choose(page.getByRole('radio', { name: 'Scheduled' }));
  await expect(page.getByRole('row', { name: /Send email/ })).toHaveCount(3);

  await bulks.getByRole('button', { name: 'Cancel the rest: 2 × Send email' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the rest' }).click();
  await expect(bulks.getByText('2 cancelled', { exact: false })).toBeVisible();
  await expect(page.getByRole('row', { name: /Send email/ })).toHaveCount(1);

  await page
    .getByRole('table', { name: 'Actions' })
    .getByRole('button', { name: /Send email/ })
    .click();
  await page.getByRole('button', { name: 'Cancel this action' }).click();
  await page.getByRole('button', { name: 'Cancel the action' }).click();
  await expect(page.getByText('It was taken back before anything was sent.')).toBeVisible();
  await page.keyboard.press('Escape');

  await bulks.getByRole('button', { name: 'Show the actions: 3 × Send email' }).click();
  await expect(page.getByText('Only of “3 × Send email”')).toBeVisible();
  await expect(page.getByRole('row', { name: /Send email/ })).toHaveCount(3);
  // Narrowed by what was done and by whom; the bulk stays chosen.
  await page.getByRole('combobox', { name: 'By which integration' }).click();
  await page.getByRole('option', { name: 'Postmark' }).click();
  await expect(page).toHaveURL(/bulk=.*integration=/);
  await expect(page.getByRole('row', { name: /Send email/ })).toHaveCount(3);
  await page.getByRole('combobox', { name: 'What was done' }).click();
  await page.getByRole('option', { name: 'Post a job' }).click();
  await expect(page.getByText('No action matches')).toBeVisible();
  await page.getByRole('button', { name: 'Show all actions' }).click();
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await sidewaysScroll(page)).toBe(0);
});

test('if all fail: what is chosen on the failover screen holds an action, and a person ends it', async ({
  page,
  api,
}) => {
  await page.goto('/failover');
  const resorts = page.getByRole('region', { name: 'If all fail' });
  // The switch shows what was chosen before it is saved.
  const saved = page.waitForResponse((response) => response.url().includes('updateLastResort'));
  await resorts.getByRole('switch', { name: 'If all fail: Post a job' }).press('Space');
  expect((await saved).status()).toBe(200);
  await expect(resorts.getByRole('switch', { name: 'If all fail: Post a job' })).toBeChecked();
  const { example } = capabilities['job.post'];
  const action = await api.call<ActionDetail>('POST', '/actions/job.post', example);
  expect(action).toMatchObject({ status: 'queued', lastResort: 'by_hand' });
  await resorts.getByRole('link', { name: '1 action waits' }).click();

  await page.getByRole('button', { name: /Post a job/ }).click();
  await expect(page.getByText('Somebody has to do it')).toBeVisible();
  await expect(page.getByText('Nurse, night shift')).toBeVisible();
  await page.getByRole('button', { name: 'Mark as done' }).click();
  const dialog = page.getByRole('dialog', { name: 'Mark as done' });
  await dialog.getByLabel('Link').fill('https://jobs.example.com/ad/4711');
  await dialog.getByRole('button', { name: 'Mark as done' }).click();
  await expect(
    page.getByText('It was on the list of what has to be done by hand', { exact: false }),
  ).toBeVisible();
  const done = await api.call<ActionDetail>('GET', `/actions/${action.id}`);
  expect(done.result).toMatchObject({ state: 'live', url: 'https://jobs.example.com/ad/4711' });
});
