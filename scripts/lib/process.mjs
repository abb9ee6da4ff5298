import { spawn } from 'node:child_process';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** An expected failure: its message is for people and is printed without a stack. */
export class PlainError extends Error {}

/**
 * Messages of the tooling go to stderr: stdout belongs to the command that runs afterwards (its JSON).
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * `312 ms` or `4.2 s`.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Runs one step, announcing it and the time it took.
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const started = performance.now();
  say(`${label} …`);
  const result = await work();
  say(`${label}: done in ${duration(performance.now() - started)}`);
  return result;
}

/**
 * Stops the tooling unless this Node is new enough. Plain syntax, so that an old Node gets this far.
 * @param {string} version
 */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new PlainError(`Trunkline needs Node 20.19 or newer; this is Node ${version}.`);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: the checkout
 * @property {NodeJS.ProcessEnv} [env] default: the environment of this process
 * @property {boolean} [show] true = pass the output through; false = collect it
 * @property {number} [timeoutMs] default 15 minutes
 */

/**
 * Runs a program to its end. SIGINT and SIGTERM reach it once, and then end this process too.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>} code 127 when it cannot be started,
 *   124 when it ran out of time, 128 + n when a signal ended it
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = process.env, show = false, timeoutMs = 15 * 60_000 } = options;
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let late = false;
    /** @type {NodeJS.Signals | undefined} */
    let stopped;
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stderr += text));
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (stopped) return;
      stopped = signal;
      // Ctrl-C reaches the whole group of a terminal; a second one would cut the program's own ending short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on('SIGINT', forward).on('SIGTERM', forward);
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
    }, timeoutMs);
    const finish = (/** @type {number} */ code) => {
      clearTimeout(timer);
      process.off('SIGINT', forward).off('SIGTERM', forward);
      if (stopped) process.exit(stopped === 'SIGINT' ? 130 : 143);
      done({ code: late ? 124 : code, stdout, stderr });
    };
    child.on('error', (error) => {
      stderr += `${error.message}\n`;
      finish(127);
    });
    child.on('close', (code, signal) => finish(signal ? 128 + (signal === 'SIGKILL' ? 9 : 15) : (code ?? 1)));
  });
}

/**
 * Runs the npm that started us, or the one on the PATH.
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function runNpm(args, options) {
  const started = process.env.npm_execpath;
  if (started && /^np[mx]-cli\.js$/.test(basename(started))) {
    return run(process.execPath, [join(dirname(started), 'npm-cli.js'), ...args], options);
  }
  return run('npm', args, options);
}

/**
 * Runs the command of an installed package by its script in node_modules, with this very Node.
 * @param {string} script path under node_modules
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function runInstalled(script, args, options) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args], options);
}

/**
 * The last lines of a program's output, for an error message.
 * @param {{ stdout: string, stderr: string }} result
 * @param {number} [lines]
 */
export function tail(result, lines = 30) {
  return `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-lines).join('\n');
}

/**
 * Runs a script's main function; expected failures are printed plainly, others with their stack.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    say(error instanceof PlainError ? error.message : String(error instanceof Error ? error.stack : error));
    process.exitCode = 1;
  }
}
