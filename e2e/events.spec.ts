import { expect, test } from './support/fixtures.ts';

test('WH-8 the catalog explains each event; an own type is added, offered to webhooks, and deleted', async ({
  page,
}) => {
  await page.goto('/event-types');
  await page.getByRole('searchbox', { name: 'Search events' }).fill('interview');
  await page.getByRole('button', { name: /^interview\.scheduled/ }).click();
  await expect(page.getByRole('table', { name: 'Properties of interview.scheduled' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Example of interview.scheduled' })).toContainText('"');
  await expect(page.getByRole('button', { name: /^job\.created/ })).toBeHidden();

  await page.getByRole('button', { name: 'Add event type' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add event type' });
  await dialog.getByLabel('Name').fill('Timesheet Approved');
  await dialog.getByLabel('Description').fill('A manager approved a timesheet.');
  await dialog.getByRole('button', { name: 'Add event type' }).click();
  await expect(dialog.getByText(/such as timesheet\.approved/)).toBeVisible();
  await dialog.getByLabel('Name').fill('timesheet.approved');
  await dialog.getByRole('button', { name: 'Add event type' }).click();
  await expect(dialog).toBeHidden();

  await page.goto('/webhooks/new');
  await expect(page.getByRole('checkbox', { name: 'timesheet.approved', exact: true })).toBeVisible();

  await page.goto('/event-types');
  await page.getByRole('button', { name: /^timesheet\.approved/ }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page
    .getByRole('dialog', { name: 'Delete timesheet.approved?' })
    .getByRole('button', { name: 'Delete event type' })
    .click();
  await expect(page.getByRole('button', { name: /^timesheet\.approved/ })).toBeHidden();
});
