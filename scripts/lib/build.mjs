import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withLock } from './lock.mjs';
import { PlainError, root, runInstalled, say, step, tail } from './process.mjs';

/**
 * @typedef {object} Part what is built in one go
 * @property {string} name
 * @property {string[]} inputs files and folders, relative to the checkout
 * @property {string} output file that a build makes
 * @property {string} source without this file or folder there is nothing to build
 * @property {() => Promise<void>} build
 */

const common = ['package-lock.json', 'tsconfig.base.json', 'scripts/lib/build.mjs'];
const compiled = ['contract', 'sandbox', 'server'];

/** @type {Part[]} */
const parts = [
  {
    name: 'server',
    inputs: [
      ...common,
      ...compiled.flatMap((name) => [
        `packages/${name}/src`,
        `packages/${name}/tsconfig.build.json`,
        `packages/${name}/package.json`,
      ]),
    ],
    output: 'packages/server/dist/main.js',
    source: 'packages/server/src/main.ts',
    build: buildServer,
  },
  {
    name: 'web',
    inputs: [...common, 'packages/contract/src', 'packages/web'],
    output: 'packages/web/dist/index.html',
    source: 'packages/web/index.html',
    build: buildWeb,
  },
];

/**
 * Builds the server and the web app where their sources changed since the last build.
 * @returns {Promise<string[]>} names of the parts that were built
 */
export async function ensureBuilt() {
  if (parts.every(isFresh)) return [];
  return withBuildLock(async () => {
    const stale = parts.filter((part) => !isFresh(part));
    for (const part of stale) {
      const digest = digestOf(part.inputs);
      rmSync(stampOf(part), { force: true });
      await step(`Building the ${part.name}`, part.build);
      writeFileSync(stampOf(part), digest);
    }
    return stale.map((part) => part.name);
  });
}

/**
 * Runs what writes into the dist folders, one process at a time.
 * @template T
 * @param {() => Promise<T>} work
 */
export function withBuildLock(work) {
  const onWait = () => say('Another run is building; waiting for it …');
  return withLock(join(root, '.tmp/build.lock'), work, { onWait });
}

/** @param {Part} part */
function isFresh(part) {
  if (!existsSync(join(root, part.source))) return true;
  if (!existsSync(join(root, part.output)) || !existsSync(stampOf(part))) return false;
  return readFileSync(stampOf(part), 'utf8') === digestOf(part.inputs);
}

/** @param {Part} part */
function stampOf(part) {
  return join(root, dirname(part.output), '.build-digest');
}

/**
 * SHA-256 over names and contents: a checkout changes times, not contents. Some hundred small files take
 * about 20 ms. Tests do not count.
 * @param {string[]} inputs
 */
function digestOf(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesUnder(join(root, input))) {
      if (/\.test\.tsx?$/.test(file)) continue;
      hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/**
 * Files of a folder in a fixed order, without what is built or installed; a file is itself.
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return path.endsWith('.tsbuildinfo') ? [] : [path];
  return readdirSync(path)
    .filter((name) => name !== 'dist' && name !== 'node_modules')
    .toSorted()
    .flatMap((name) => filesUnder(join(path, name)));
}

async function buildServer() {
  const packages = compiled.filter((name) => existsSync(join(root, `packages/${name}/src`)));
  for (const name of packages) {
    // The compiler trusts its record; without the files that it records it has to start again.
    const folder = join(root, 'packages', name);
    if (!existsSync(join(folder, 'dist')))
      rmSync(join(folder, 'tsconfig.build.tsbuildinfo'), { force: true });
  }
  const result = await runInstalled('typescript/bin/tsc', [
    '-b',
    ...packages.map((name) => `packages/${name}/tsconfig.build.json`),
  ]);
  if (result.code !== 0) throw new PlainError(`The server does not compile:\n${tail(result, 60)}`);
  for (const name of packages) {
    removeOrphans(join(root, 'packages', name));
    copyAssets(join(root, 'packages', name));
  }
}

/**
 * Removes what was built from sources that are gone: the compiler leaves it.
 * @param {string} folder of a package
 */
function removeOrphans(folder) {
  for (const file of filesUnder(join(folder, 'dist'))) {
    const name = relative(join(folder, 'dist'), file);
    if (name.startsWith('.')) continue;
    const source = join(folder, 'src', name.replace(/(\.d\.ts|\.js)(\.map)?$/, ''));
    if (![source, `${source}.ts`, `${source}.tsx`].some((path) => existsSync(path))) rmSync(file);
  }
}

/**
 * Copies what the compiler does not emit, such as the SQL migrations.
 * @param {string} folder of a package
 */
function copyAssets(folder) {
  for (const file of filesUnder(join(folder, 'src'))) {
    if (/\.tsx?$/.test(file)) continue;
    const target = join(folder, 'dist', relative(join(folder, 'src'), file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}

/** Builds beside the old files and swaps the folders, so that a running server never serves half a build. */
async function buildWeb() {
  const folder = join(root, 'packages/web');
  const next = join(root, '.tmp', `web-${process.pid}`);
  const old = join(root, '.tmp', `web-old-${process.pid}`);
  try {
    const result = await runInstalled(
      'vite/bin/vite.js',
      ['build', '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'],
      { cwd: folder },
    );
    if (result.code !== 0) throw new PlainError(`The web app does not build:\n${tail(result, 60)}`);
    if (existsSync(join(folder, 'dist'))) renameSync(join(folder, 'dist'), old);
    renameSync(next, join(folder, 'dist'));
  } finally {
    rmSync(next, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
