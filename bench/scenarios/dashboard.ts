import { chromium } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import { readConfig } from '../../packages/server/src/config/env.ts';
import { startApp } from '../../packages/server/src/start-app.ts';
import { insertIntegrations, password } from '../integrations.ts';
import { ProductProcess } from '../product.ts';
import { median } from '../statistics.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const counts = [10, 100, 1_000] as const;
const emailOf = (count: number) => `dashboard${count}@example.com`;

/** A figure of every size; those of the larger ones are set against that of the smallest. */
const figures = [
  { name: 'Shown', label: 'first rows shown', unit: 'ms' },
  { name: 'Found', label: 'one found by its name, as typed', unit: 'ms' },
  { name: 'Live', label: 'a change shown live, all rows loaded', unit: 'ms' },
  { name: 'Frame', label: 'slowest frame in twenty of scrolling, all rows loaded', unit: 'ms' },
] as const;

/** The page of integrations in a real browser, in organizations of ten to a thousand integrations. */
export class Dashboard implements Scenario {
  #server: ProductProcess | undefined;
  #browser: Browser | undefined;

  async prepare(world: World): Promise<void> {
    const executablePath = await ensureChromium();
    for (const { name, label, unit } of figures) {
      for (const count of counts) {
        world.results.declare({
          name: `dashboard${name}${count}`,
          label: `${label}; ${count} integrations`,
          unit,
          ...(count === counts[0] ? {} : { over: `dashboard${name}${counts[0]}` }),
        });
      }
    }
    const env = world.environment(await world.createDatabase('bench_dashboard'), {
      TRUNKLINE_LOG_LEVEL: 'warn',
    });
    const running = await startApp(readConfig(env));
    for (const count of counts) await insertIntegrations(running.app, emailOf(count), count);
    await running.stop();
    this.#server = await ProductProcess.start(env, 'serve');
    this.#browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  }

  async round(world: World): Promise<void> {
    const add = (name: string, count: number, ms: number) =>
      world.results.add(`dashboard${name}${count}`, ms);
    for (const count of counts) {
      const context = await this.#browser!.newContext({
        baseURL: `http://127.0.0.1:${this.#server!.port}`,
        viewport: { width: 1440, height: 900 },
      });
      const page = await context.newPage();
      const data = { email: emailOf(count), password };
      const signedIn = await context.request.post('/api/trpc/access.signIn', { data });
      if (!signedIn.ok()) throw new Error(`signing in: ${signedIn.status()}`);
      // Once before, so that scripts and styles are in the browser's cache.
      await open(page);
      add('Shown', count, await open(page));
      await loadAll(page, count);
      add('Frame', count, await slowestFrame(page));
      add('Live', count, await changeToLive(page, count));
      add('Found', count, await find(page));
      await context.close();
    }
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.stop();
  }
}

const row = 'tbody tr [data-row-open]';

/** Milliseconds from the start of the navigation until a row stands there. */
async function open(page: Page): Promise<number> {
  await page.goto('/integrations');
  await page.locator(row).first().waitFor();
  return page.evaluate(() => performance.now());
}

async function loadAll(page: Page, count: number): Promise<void> {
  const more = page.getByRole('button', { name: 'Load more' });
  for (let pages = 1; pages * 100 < count; pages += 1) {
    await more.click();
    await page.locator(`table[aria-rowcount="${Math.min(count, (pages + 1) * 100) + 1}"]`).waitFor();
  }
}

/** Of twenty steps down the page. */
function slowestFrame(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const frames: number[] = [];
    let last = performance.now();
    for (let step = 0; step < 20; step += 1) {
      window.scrollBy(0, 600);
      await new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
      const now = performance.now();
      frames.push(now - last);
      last = now;
    }
    window.scrollTo(0, 0);
    return Math.max(...frames);
  });
}

/** Switches an integration off in another session and waits until this page says so; the median of five. */
async function changeToLive(page: Page, count: number): Promise<number> {
  // What is switched off comes last, so that the last one stays in its place.
  await page.waitForFunction(
    (last) => {
      window.scrollTo(0, document.body.scrollHeight);
      return document.querySelector(`tbody tr[data-index="${last}"]`) !== null;
    },
    count - 1,
    { polling: 100 },
  );
  const link = page.locator(`tbody tr[data-index="${count - 1}"] a[data-row-open]`);
  const href = (await link.getAttribute('href')) ?? '';
  const id = href.slice(href.lastIndexOf('/') + 1);
  // Who points at the rows keeps them in their places: one that is switched on is checked at once, and fails here.
  await link.hover();
  const toggle = `tr:has(a[href="${href}"]) input[role="switch"]`;
  const took: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const enabled = turn % 2 === 1;
    const began = performance.now();
    const answer = await page.request.post('/api/trpc/integrations.updateIntegration', {
      data: { id, enabled },
    });
    if (!answer.ok()) throw new Error(`switching: ${answer.status()} ${await answer.text()}`);
    await page.waitForFunction(
      ({ selector, checked }) => document.querySelector<HTMLInputElement>(selector)?.checked === checked,
      { selector: toggle, checked: enabled },
    );
    took.push(performance.now() - began);
  }
  return median(took);
}

async function find(page: Page): Promise<number> {
  const began = performance.now();
  await page.getByRole('searchbox', { name: 'Search integrations' }).fill('Checked 10');
  await page.waitForFunction((selector) => {
    const rows = [...document.querySelectorAll(selector)];
    return rows.length > 0 && rows.every(({ textContent }) => textContent.includes('Checked 10'));
  }, row);
  return performance.now() - began;
}
