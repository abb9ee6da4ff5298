import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));
const sandboxed = fileURLToPath(new URL('./sandboxed.mjs', import.meta.url));
const stopPatienceMs = 20_000;

export interface Product {
  url: string;
  dataDir: string;
  databaseUrl: string;
  /** Where the simulated providers are; empty without them. */
  sandboxUrl: string;
  /** Shuts it down as Ctrl-C does. */
  stop(): Promise<void>;
}

export interface ProductOptions {
  /** Need not exist yet. */
  dataDir: string;
  /** Left out: the embedded PostgreSQL of the data folder. */
  databaseUrl?: string;
  /** `sandboxed`: as `start`, with the providers played on this machine. */
  command?: 'start' | 'demo' | 'sandboxed';
}

/**
 * Starts the built product on a free port, with its engine allowed to reach this machine, and waits until it
 * says that it is ready.
 */
export async function startProduct({
  dataDir,
  databaseUrl,
  command = 'start',
}: ProductOptions): Promise<Product> {
  const port = await freePort();
  const program = command === 'sandboxed' ? [sandboxed] : [main, command];
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PORT: String(port),
      HOST: '127.0.0.1',
      TRUNKLINE_DATA_DIR: dataDir,
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.1/32',
      // No test gets near them; the one of limits lowers its own organization's.
      TRUNKLINE_RATE_LIMITS: '10000,100000,1000000',
      TRUNKLINE_LOG_LEVEL: 'warn',
      ...(databaseUrl === undefined ? { DATABASE_URL: '' } : { DATABASE_URL: databaseUrl }),
    },
  });
  let sandboxUrl = '';
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('the providers are at')) sandboxUrl = line.split(' ').at(-1) ?? '';
      if (line.includes('is ready at')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the product ended with ${code} before it was ready`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    sandboxUrl,
    databaseUrl: databaseUrl ?? (await embeddedUrl(dataDir)),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function embeddedUrl(dataDir: string): Promise<string> {
  const state = JSON.parse(await readFile(`${dataDir}/postgres.json`, 'utf8')) as {
    password: string;
    port: number;
  };
  return `postgres://trunkline:${state.password}@127.0.0.1:${state.port}/trunkline?sslmode=disable`;
}

/** A port that nothing listens on; the product needs to know its own address before it starts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
