import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));
const stopPatienceMs = 20_000;

export interface Product {
  url: string;
  dataDir: string;
  databaseUrl: string;
  /** Shuts it down as Ctrl-C does. */
  stop(): Promise<void>;
}

export interface ProductOptions {
  /** Need not exist yet. */
  dataDir: string;
  /** Left out: the embedded PostgreSQL of the data folder. */
  databaseUrl?: string;
  command?: 'start' | 'demo';
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
  const child = spawn(process.execPath, [main, command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PORT: String(port),
      HOST: '127.0.0.1',
      TRUNKLINE_DATA_DIR: dataDir,
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.1/32',
      TRUNKLINE_LOG_LEVEL: 'warn',
      ...(databaseUrl === undefined ? { DATABASE_URL: '' } : { DATABASE_URL: databaseUrl }),
    },
  });
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('is ready at')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the product ended with ${code} before it was ready`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
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
