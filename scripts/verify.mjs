// `npm run verify`: format, lint, types, dependency rules, documents. One line for each check; every failure is
// listed at the end, and the exit code is 1 when there is one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBuildLock } from './lib/build.mjs';
import { docProblems, errorPageProblems } from './lib/doc-references.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { duration, requireNode, root, runInstalled, runMain, tail } from './lib/process.mjs';
import { projectFiles, readText } from './lib/repository.mjs';
import { environmentReads, forbiddenStrings, lockAddresses } from './lib/text-rules.mjs';

/** Fewer modules than this mean that the reader of imports is blind, not that all is well. */
const fewestModules = 50;

/** @typedef {(files: string[]) => Promise<string[]>} Check problems; empty when all is well */

/** @type {Record<string, Check>} */
const checks = {
  format: async () =>
    problemsOf(
      await runInstalled('prettier/bin/prettier.cjs', [
        '--check',
        '--log-level',
        'warn',
        // What has not changed since the last run is not parsed again.
        '--cache',
        '--cache-strategy',
        'content',
        '.',
      ]),
    ),
  // Before the linter, which reads the declarations that this builds.
  types: checkTypes,
  lint: async () =>
    problemsOf(
      await runInstalled('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings', '--format', 'unix']),
    ),
  'dependency rules': checkDependencies,
  documents: async (files) => {
    const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
    const documents = files.filter((file) => /^[^/]+\.md$|^docs\/.+\.md$/.test(file));
    return documents.flatMap((file) =>
      docProblems(file, readText(file) ?? '', { files, scripts, read: readText }),
    );
  },
  'error pages': async (files) => errorPageProblems(readText('packages/contract/src/errors.ts') ?? '', files),
  'forbidden strings': async (files) => eachText(files, forbiddenStrings),
  environment: async (files) => eachText(files, environmentReads),
  'lock file': async () => lockAddresses(readFileSync(join(root, 'package-lock.json'), 'utf8')),
};

/** The checks of types, which need one another's order. */
const compiling = new Set(['types', 'lint']);

await runMain(async () => {
  requireNode();
  await ensureInstalled();
  const files = await projectFiles();
  /** @type {{ name: string, problems: string[] }[]} */
  const failures = [];
  /** @param {[name: string, check: Check][]} some one after the other */
  const runAll = async (some) => {
    for (const [name, check] of some) {
      const started = performance.now();
      const problems = await check(files);
      if (problems.length > 0) failures.push({ name, problems });
      const result = problems.length === 0 ? 'ok' : 'FAILED';
      process.stdout.write(
        `${name.padEnd(18)} ${result.padEnd(6)} ${duration(performance.now() - started)}\n`,
      );
    }
  };
  // Formatter and dependency rules keep one core busy each, and the compiler's start and end do not fill the others.
  const all = Object.entries(checks);
  await Promise.all([
    runAll(all.filter(([name]) => compiling.has(name))),
    runAll(all.filter(([name]) => !compiling.has(name))),
  ]);
  for (const { name, problems } of failures) process.stdout.write(`\n${name}:\n  ${problems.join('\n  ')}\n`);
  if (failures.length > 0) process.exitCode = 1;
});

/** @param {{ code: number, stdout: string, stderr: string }} result */
function problemsOf(result) {
  return result.code === 0 ? [] : tail(result, 200).split('\n');
}

/**
 * @param {string[]} files
 * @param {(file: string, text: string) => string[]} rule
 */
function eachText(files, rule) {
  return files
    .filter((file) => file !== 'LICENSE' && file !== 'package-lock.json')
    .flatMap((file) => rule(file, readText(file) ?? ''));
}

/**
 * The projects as they are built, and then their tests and everything else by the declarations that this makes. The first
 * needs the compiler's build mode, because one project reads the declarations of another.
 * @type {Check}
 */
async function checkTypes(files) {
  const hasSources = (/** @type {string} */ folder) =>
    existsSync(join(root, folder, 'tsconfig.json')) &&
    files.some((file) => file.startsWith(`${folder}/`) && /\.tsx?$/.test(file));
  const projects = ['packages/contract', 'packages/sandbox', 'packages/sdk', 'packages/server', 'e2e'];
  const configs = [
    'tsconfig.check.json',
    'scripts/tsconfig.json',
    'bench/tsconfig.json',
    'chaos/tsconfig.json',
  ];
  if (hasSources('packages/web')) configs.push('tsconfig.check-web.json');
  const tsc = (/** @type {string[]} */ args) =>
    runInstalled('typescript/bin/tsc', [...args, '--pretty', 'false']);
  const buildable = projects
    .filter(hasSources)
    .map((folder) =>
      existsSync(join(root, folder, 'tsconfig.build.json')) ? `${folder}/tsconfig.build.json` : folder,
    );
  const results = [await withBuildLock(() => tsc(['-b', ...buildable]))];
  for (const config of configs) {
    const memory = join(root, 'node_modules/.cache/types', config.replaceAll('/', '-'));
    results.push(await tsc(['-p', config, '--incremental', '--tsBuildInfoFile', `${memory}.tsbuildinfo`]));
  }
  return [...new Set(results.flatMap(problemsOf))];
}

/** @type {Check} */
async function checkDependencies() {
  const result = await runInstalled('dependency-cruiser/bin/dependency-cruise.mjs', [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'packages',
    'e2e',
    'bench',
  ]);
  /** @type {{ modules: { source: string }[], summary: { violations: { rule: { name: string }, from: string, to: string }[] } }} */
  let graph;
  try {
    graph = JSON.parse(result.stdout);
  } catch {
    return problemsOf({ ...result, code: 1 });
  }
  const read = graph.modules.filter(({ source }) => source.startsWith('packages/')).length;
  const problems = graph.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  if (read <= fewestModules)
    problems.push(`only ${read} modules were read; more than ${fewestModules} are expected`);
  return problems;
}
