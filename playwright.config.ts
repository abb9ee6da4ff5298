import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium.mjs';

// Workers read this file again: the first process makes the folder and hands it down.
const output = (process.env['TRUNKLINE_E2E_OUTPUT'] ??= mkdtempSync(join(tmpdir(), 'trunkline-e2e-')));
const executablePath = findChromium();

/**
 * Browser tests against the real product, which the global setup starts (there is no `webServer`). What a page does
 * is tested in the light theme; its accessibility in both, one after the other on the same page.
 */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/global-setup.ts',
  fullyParallel: true,
  outputDir: join(output, 'results'),
  reporter: [
    ['list'],
    ['json', { outputFile: process.env['TRUNKLINE_E2E_REPORT'] ?? join(output, 'report.json') }],
  ],
  // Beside the browser's pages a test waits for the product and for what comes of it: two workers leave a fifth of two cores
  // idle.
  workers: 3,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  globalTimeout: 30 * 60_000,
  use: {
    locale: 'en-US',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 10_000,
    navigationTimeout: 30_000,
    trace: 'off',
    video: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // All pages of a session share one process, which keeps the product's scripts compiled.
        '--process-per-site',
      ],
    },
  },
  projects: [{ name: 'light', use: { colorScheme: 'light' } }],
});
