import { expect } from 'vitest';
import { startTypeScript } from './child.ts';
import type { TestChild } from './child.ts';
import { receiverAddress } from './delivery-app.ts';

const main = new URL('../main.ts', import.meta.url);

export interface Server {
  child: TestChild;
  url: string;
}

export interface Processes {
  /** Runs a command of the program. Its leases last two seconds; it delivers to the receivers of tests only. */
  run: (command: string[], env: Record<string, string>) => TestChild;
  /** Runs `serve` and waits until it is ready. */
  serve: (env: Record<string, string>) => Promise<Server>;
  /** Makes an organization by the command line, with an API key and an administrator. */
  createOrganization: (env: Record<string, string>) => Promise<Record<string, string>>;
  /** Kills whatever still runs. */
  killAll: () => Promise<void>;
}

/** Processes of the program itself, for tests that end them as an operator or a crash does. */
export function createProcesses(): Processes {
  const children: TestChild[] = [];
  const processes: Processes = {
    run(command, env) {
      const child = startTypeScript(main, command, {
        DATABASE_URL: '',
        PORT: '0',
        TRUNKLINE_LEASE_SECONDS: '2',
        TRUNKLINE_EGRESS_ALLOW: receiverAddress,
        TRUNKLINE_RATE_LIMITS: 'off',
        TRUNKLINE_LOG_LEVEL: 'error',
        ...env,
      });
      children.push(child);
      return child;
    },
    async serve(env) {
      const child = processes.run(['serve'], env);
      const line = await child.nextLine();
      const url = /http:\S+/.exec(line)?.[0];
      if (url === undefined) throw new Error(`unexpected output: ${line}`);
      return { child, url };
    },
    async createOrganization(env) {
      const email = 'admin@works.example';
      const child = processes.run(
        ['organizations', 'create', '--name', 'Works', '--admin-email', email, '--json'],
        env,
      );
      const created = JSON.parse(await child.nextLine()) as Record<string, string>;
      expect((await child.ended).code).toBe(0);
      return created;
    },
    killAll: async () => {
      await Promise.all(children.map((child) => child.kill()));
    },
  };
  return processes;
}

/** One call of the API of a process, with an API key. */
export async function call(server: Server, apiKey: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

/** Sends an event with an id of its own, which becomes the `webhook-id` of its deliveries. */
export const post = (server: Server, apiKey: string, id: string) =>
  call(server, apiKey, 'POST', '/events', { id, type: 'job.created', data: { id } });
