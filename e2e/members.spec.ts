import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import type { Sandbox } from './support/sandbox.ts';
import { mutate } from './support/trpc.ts';

/** Answers the dialog that a sensitive act of an old session opens; the act then goes on by itself. */
async function confirmIdentity(page: Page): Promise<void> {
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await proof.getByLabel(/^Password/).fill(password);
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await expect(proof).toBeHidden();
}

/** What the mail server has taken for somebody, headers and body. */
async function mailsTo(sandbox: Sandbox, email: string): Promise<string[]> {
  const mails = (await sandbox.sent('mail-server')) as { to: string[]; source: string }[];
  return mails.filter(({ to }) => to.includes(email)).map(({ source }) => source);
}

test('ACC-1 an invitation is accepted in another browser, works once, and gives exactly its role', async ({
  page,
  openPage,
  organization,
  keeper,
  sandbox,
  watch,
}) => {
  // The link makes a member of whoever holds it, so a session from long ago has to confirm first.
  watch.allow(/status of 403/);
  const email = `new.${randomUUID().slice(0, 8)}@people.example`;
  await page.goto('/members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a person' });
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('radio', { name: 'Viewer' }).check();
  await keeper.ageSessions(organization.administrator);
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await confirmIdentity(page);
  const shown = page.getByRole('dialog', { name: 'Invitation link' });
  const link = await shown.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  await expect(shown).toContainText('An email with the link is on its way');
  await shown.getByRole('button', { name: 'Done' }).click();
  const invited = page.getByRole('table', { name: 'Open invitations' }).getByRole('row', { name: email });
  await expect(invited).toContainText('Sent');
  const [mail = ''] = await mailsTo(sandbox, email);
  expect(mail.replaceAll('=\r\n', '')).toContain(link);

  const guest = await openPage();
  await guest.goto(link);
  await expect(guest.getByRole('heading', { name: `Join ${organization.name}` })).toBeVisible();
  await expect(guest.getByLabel('E-mail')).toHaveValue(email);
  await guest.getByLabel('Your name').fill('Noor Blake');
  await guest.getByLabel('Password', { exact: true }).fill('short');
  await guest.getByRole('button', { name: `Join ${organization.name}` }).click();
  await expect(guest.getByText(/at least 12|12 characters/i).first()).toBeVisible();
  await guest.getByLabel('Password', { exact: true }).fill(password);
  await guest.getByRole('button', { name: `Join ${organization.name}` }).click();
  await expect(guest.getByRole('button', { name: /Noor Blake.*Viewer/ })).toBeVisible();

  const people = page.getByRole('table', { name: 'Members', exact: true });
  await expect(people.getByRole('row', { name: /Noor Blake/ })).toBeVisible();

  watch.allow(/status of 404/);
  const late = await openPage();
  await late.goto(link);
  await expect(late.getByRole('alert')).toContainText('This link does not work any more');
});

test('ACC-1 a role is changed and a member removed; the last system administrator stays', async ({
  page,
  pageAs,
  watch,
}) => {
  // The live stream and what is tracked are refused to a person without an organization.
  watch.allow(/status of 403 .*(\/api\/live|insights\.recordInteractions)/);
  const { page: theirs, person } = await pageAs('viewer');
  await theirs.goto('/members');
  await expect(theirs.getByRole('button', { name: 'Invite' })).toHaveAttribute('aria-disabled', 'true');
  await page.goto('/members');
  const people = page.getByRole('table', { name: 'Members', exact: true });
  await page.getByRole('combobox', { name: `Role of ${person.name}` }).click();
  await page.getByRole('option', { name: 'Utility administrator' }).click();
  const change = page.getByRole('dialog', { name: `Make ${person.name} a utility administrator?` });
  await change.getByRole('button', { name: 'Change role' }).click();
  await expect(change).toBeHidden();
  await theirs.goto('/webhooks/new');
  await expect(theirs.getByLabel('Webhook name')).toBeVisible();

  await expect(
    people.getByRole('row', { name: /Ada Stone/ }).getByRole('button', { name: 'Remove' }),
  ).toHaveAttribute('aria-disabled', 'true');
  await people.getByRole('row', { name: person.name }).getByRole('button', { name: 'Remove' }).click();
  const remove = page.getByRole('dialog');
  await remove.getByRole('button', { name: /Remove/ }).click();
  await expect(people.getByRole('row', { name: person.name })).toBeHidden();
  await theirs.reload();
  await expect(theirs.getByText('You belong to no organization')).toBeVisible();
});

test('ACC-1 an invitation is sent again with a new link, and revoked', async ({
  page,
  openPage,
  organization,
  keeper,
  sandbox,
  watch,
}) => {
  watch.allow(/status of 403/);
  const email = `again.${randomUUID().slice(0, 8)}@people.example`;
  const made = await mutate(page, 'access.inviteMember', { email, role: 'viewer' });
  const { url } = made.data as { url: string };
  await page.goto('/members');
  const row = page.getByRole('table', { name: 'Open invitations' }).getByRole('row', { name: email });
  await keeper.ageSessions(organization.administrator);
  await row.getByRole('button', { name: 'Resend' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
  await confirmIdentity(page);
  const shown = page.getByRole('dialog', { name: 'Invitation link' });
  const link = await shown.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  expect(link).not.toBe(url);
  await shown.getByRole('button', { name: 'Done' }).click();
  await expect
    .poll(async () => (await mailsTo(sandbox, email)).join('').replaceAll('=\r\n', ''))
    .toContain(link);

  watch.allow(/status of 404/);
  const guest = await openPage();
  await guest.goto(url);
  await expect(guest.getByRole('alert')).toContainText('This link does not work any more');
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke invitation' }).click();
  await expect(row).toHaveCount(0);
  await guest.goto(link);
  await expect(guest.getByRole('alert')).toContainText('This link does not work any more');
});
