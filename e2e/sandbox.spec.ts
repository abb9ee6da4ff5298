import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { violations } from './support/axe.ts';

const main = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url));
let child: ChildProcess;
let url: string;

test.beforeAll(async () => {
  const started = spawn(process.execPath, [main, 'sandbox', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  for await (const line of createInterface({ input: started.stdout })) {
    url = /ready at (\S+)/.exec(line)?.[1] ?? '';
    if (url !== '') break;
  }
});

test.afterAll(async () => {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
});

const callSlack = () => fetch(`${url}/at/slack/https/slack.com/api/auth.test`, { method: 'POST' });

test('OPS-3 a person makes a provider fail and watches its calls', async ({ page }) => {
  await page.goto(url);
  await page.getByLabel('Search providers').fill('slack');
  await page.getByRole('navigation', { name: 'Providers' }).getByRole('button', { name: 'Slack' }).click();
  await expect(page.getByRole('heading', { name: 'Slack', level: 2 })).toBeVisible();
  await page.getByRole('radio', { name: 'down' }).check();
  await expect(page.getByText('Fails on every call.')).toBeVisible();
  await expect.poll(async () => (await callSlack()).status).toBe(503);
  await expect(page.getByRole('region', { name: 'Calls' }).getByText('503').first()).toBeVisible();
  await expect(page.getByText('1 not healthy')).toBeVisible();
  await page.getByRole('radio', { name: 'healthy' }).check();
  await expect.poll(async () => (await callSlack()).status).toBe(200);
  await expect(page.getByText('all healthy')).toBeVisible();
});

test('OPS-3 a person sends a signed webhook', async ({ page }) => {
  await page.goto(`${url}/#stripe`);
  await page
    .getByLabel('To an address of this machine')
    .fill(`${url}/at/slack/https/hooks.slack.com/services/T/B/x`);
  await page.getByRole('button', { name: 'Send webhook' }).click();
  await expect(page.getByText('Answered 404')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`OPS-3 the control page is accessible and fits: ${colorScheme}, ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await fetch(`${url}/at/sendgrid/https/api.sendgrid.com/v3/scopes`);
      await page.goto(`${url}/#sendgrid`);
      await expect(page.getByRole('region', { name: 'Calls' }).getByText('401').first()).toBeVisible();
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  }
}
