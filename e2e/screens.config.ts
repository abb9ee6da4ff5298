import { defineConfig } from '@playwright/test';
import everyday from '../playwright.config.ts';

/**
 * Takes the pictures of the documentation: `npx playwright test --config e2e/screens.config.ts`. They are of the
 * demo that it starts for itself, or of the running one that TRUNKLINE_SCREENS_URL names.
 */
const { globalSetup: _none, ...shared } = everyday;

export default defineConfig({
  ...shared,
  testDir: '.',
  testMatch: 'screens.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  reporter: 'list',
  projects: [{ name: 'screens' }],
});
