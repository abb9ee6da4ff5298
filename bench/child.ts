import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const loader = new URL('../packages/server/src/testing/typescript-loader.mjs', import.meta.url).href;

/** A TypeScript file of this folder as a process of its own, with messages. */
export class Child {
  readonly process: ChildProcess;
  #waiting: ((message: Record<string, unknown>) => void)[] = [];
  #messages: Record<string, unknown>[] = [];

  constructor(file: string, args: string[] = [], env: NodeJS.ProcessEnv = process.env) {
    this.process = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      execArgv: ['--import', loader],
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.process.on('message', (message) => {
      const next = this.#waiting.shift();
      if (next) next(message as Record<string, unknown>);
      else this.#messages.push(message as Record<string, unknown>);
    });
  }

  send(message: Record<string, unknown>): void {
    this.process.send(message);
  }

  /** The next message; rejects when the process ends or the bound passes. */
  next(limitMs = 120_000): Promise<Record<string, unknown>> {
    const ready = this.#messages.shift();
    if (ready) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('a benchmark process did not answer in time')),
        limitMs,
      );
      const ended = () => reject(new Error('a benchmark process ended'));
      this.process.once('exit', ended);
      this.#waiting.push((message) => {
        clearTimeout(timer);
        this.process.off('exit', ended);
        resolve(message);
      });
    });
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }
}
