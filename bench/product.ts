import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const main = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url));

/** As `npm start` has it: see "Memory for what is young" in docs/scaling.md. */
const nodeFlags = ['--max-semi-space-size=64'];

/** What every process of one installation shares. */
export interface Installation {
  env: NodeJS.ProcessEnv;
  apiKey: string;
}

/** Makes an organization in a database, which migrates it first. */
export async function install(env: NodeJS.ProcessEnv): Promise<Installation> {
  const args = ['organizations', 'create', '--name', 'Bench', '--admin-email', 'bench@example.com', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { env });
  return { env, apiKey: (JSON.parse(stdout) as { apiKey: string }).apiKey };
}

/** One process of the product. */
export class ProductProcess {
  readonly #process: ChildProcess;
  /** 0 for a process without HTTP. */
  port = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts `serve`, or `work`, which has no HTTP; resolves when it is ready. */
  static async start(env: NodeJS.ProcessEnv, command: 'serve' | 'work'): Promise<ProductProcess> {
    // A worker says nothing on standard output; its log says when it takes part.
    const child = spawn(process.execPath, [...nodeFlags, main, command], {
      env: { ...env, PORT: '0', TRUNKLINE_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const started = new ProductProcess(child);
    if (command === 'work') return started;
    started.port = await new Promise<number>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the product ended at its start')));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const match = /http:\/\/\S+:(\d+)/.exec(line);
        if (match) resolve(Number(match[1]));
      });
    });
    return started;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()));
    this.#process.kill('SIGTERM');
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), 40_000);
    await ended;
    clearTimeout(patience);
  }
}

/** An answer of the API that is not 2xx. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws ApiError */
export async function api<Answer = Record<string, unknown>>(
  port: number,
  apiKey: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, `${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Answer;
}

/** Gives the id. */
export async function createWebhook(
  port: number,
  apiKey: string,
  url: string,
  type: string,
): Promise<string> {
  const created = await api<{ id: string }>(port, apiKey, 'POST', '/webhooks', {
    name: type,
    url,
    events: [type],
  });
  return created.id;
}
