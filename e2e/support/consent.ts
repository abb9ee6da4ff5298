import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { Sandbox } from './sandbox.ts';

/** Connects a provider by consent, as a person does, with an app that is set up before. */
export async function connectByConsent(
  page: Page,
  sandbox: Sandbox,
  slug: string,
  name: string,
): Promise<void> {
  const { clientId = '', clientSecret = '' } = await sandbox.credentials(slug);
  const saved = await page.request.post('/api/trpc/integrations.saveOAuthApp', {
    data: { provider: slug, values: { clientId, clientSecret } },
  });
  expect(saved.status(), await saved.text()).toBe(200);
  const { result } = (await saved.json()) as { result: { data: { redirectUri: string } } };
  await sandbox.allowRedirect(slug, result.data.redirectUri);
  await page.goto(`/integrations?tab=available&provider=${slug}`);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Connect with ${name}` })
    .click();
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: `Continue to ${name}` }).click();
  await (await popup).getByRole('button', { name: 'Allow' }).click();
  await expect(page.getByRole('dialog', { name: 'Connection successful' })).toBeVisible();
}
