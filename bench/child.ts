import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const loader = new URL('../packages/server/src/testing/typescript-loader.mjs', import.meta.url).href;

/** A TypeScript file of this folder as a process of its own that answers messages in turn. */
export class Child {
  readonly #process: ChildProcess;
  readonly #file: string;
  readonly #messages: unknown[] = [];
  readonly #waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void }[] = [];
  #ended = false;

  constructor(file: string, env: NodeJS.ProcessEnv = process.env) {
    this.#file = file;
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
      execArgv: ['--import', loader],
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process.on('message', (message) => {
      const next = this.#waiting.shift();
      if (next) next.resolve(message);
      else this.#messages.push(message);
    });
    this.#process.once('exit', () => {
      this.#ended = true;
      for (const { reject } of this.#waiting.splice(0)) reject(this.#endedError());
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  send(command: object): void {
    this.#process.send(command);
  }

  /** The next message. Rejects when the process ends or `limitMs` passes. */
  async next<Message>(limitMs = 300_000): Promise<Message> {
    if (this.#messages.length > 0) return this.#messages.shift() as Message;
    if (this.#ended) throw this.#endedError();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Message>((resolve, reject) => {
        const waiter = { resolve: (message: unknown) => resolve(message as Message), reject };
        this.#waiting.push(waiter);
        timer = setTimeout(() => {
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
          reject(new Error(`${this.#file} did not answer in time`));
        }, limitMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async ask<Message>(command: object): Promise<Message> {
    this.send(command);
    return this.next<Message>();
  }

  /** Gives up on what was asked: later messages answer later questions. */
  forget(): void {
    this.#messages.length = 0;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${this.#file} was given up on`));
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    const ended = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()));
    this.#process.kill('SIGKILL');
    await ended;
  }

  #endedError(): Error {
    return new Error(`${this.#file} ended`);
  }
}
