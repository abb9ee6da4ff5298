import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url));

/** One `serve` or `work` process of the product, which can be killed, paused and started again. */
export class NodeProcess {
  readonly command: 'serve' | 'work';
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  #stopped = false;
  address: string | null = null;

  constructor(command: 'serve' | 'work', env: NodeJS.ProcessEnv) {
    this.command = command;
    this.#env = env;
  }

  get running(): boolean {
    return (
      this.#child !== null &&
      this.#child.exitCode === null &&
      this.#child.signalCode === null &&
      !this.#stopped
    );
  }

  /** Starts it and waits until it listens (`serve`) or runs (`work`); false when it ended instead. */
  async start(limitMs = 30_000): Promise<boolean> {
    const child = spawn(process.execPath, [main, this.command], {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', process.env['CHAOS_LOG'] ? 'inherit' : 'ignore'],
    });
    this.#child = child;
    this.#stopped = false;
    this.address = null;
    if (this.command === 'work') return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve(false);
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const match = /http:\/\/\S+/.exec(line);
        if (!match) return;
        this.address = match[0];
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
    this.#stopped = true;
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
    this.#stopped = false;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    // A paused process takes no SIGTERM.
    child.kill('SIGCONT');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), 35_000);
    await exited;
    clearTimeout(timer);
    this.#stopped = false;
  }
}
