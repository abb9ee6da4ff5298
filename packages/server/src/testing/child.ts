import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { programsFolder } from './programs-folder.ts';

export type TestChild = {
  process: ChildProcess;
  pid: number;
  /** The next line the child prints; rejects with its error output when it ends first. */
  nextLine(): Promise<string>;
  /** Kills it without warning (SIGKILL) and waits for its end. */
  kill(): Promise<void>;
  /** Settles when the child has ended and its output is read. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; errorOutput: string }>;
};

/** Arguments with which Node runs a TypeScript file of the sources. */
export function programOf(file: URL): string[] {
  const runner = new URL('./run-program.mjs', import.meta.url);
  return [fileURLToPath(runner), programsFolder(), fileURLToPath(file)];
}

/** Runs a TypeScript file of the sources as a Node process of its own, for tests that kill it. */
export function startTypeScript(file: URL, args: string[] = [], env: NodeJS.ProcessEnv = {}): TestChild {
  const child = spawn(process.execPath, [...programOf(file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  if (child.pid === undefined) throw new Error('the child process did not start');
  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text;
  });
  const lines: string[] = [];
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const next = waiting.shift();
    if (next) next.resolve(line);
    else lines.push(line);
  });
  let hasEnded = false;
  const endError = (): Error => new Error(`the child process ended: ${errorOutput}`);
  const ended = new Promise<Awaited<TestChild['ended']>>((resolve) => {
    // `exit`, not `close`: a killed child's own children may keep its pipes open.
    child.once('exit', (code, signal) => {
      setImmediate(() => {
        hasEnded = true;
        for (const { reject } of waiting.splice(0)) reject(endError());
        resolve({ code, signal, errorOutput });
      });
    });
  });
  return {
    process: child,
    pid: child.pid,
    ended,
    nextLine: () => {
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (hasEnded) return Promise.reject(endError());
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
