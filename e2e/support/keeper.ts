import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Role } from '@trunkline/contract/permissions';

const program = fileURLToPath(new URL('./keeper.mjs', import.meta.url));

/** The same for all people of the tests; the product listens on loopback and holds no real data. */
export const password = 'correct horse battery';

export interface Person {
  userId: string;
  name: string;
  email: string;
}

export interface Organization {
  id: string;
  name: string;
  apiKey: string;
  administrator: Person;
}

/** Lays data that no operation of the product makes; see `keeper.mjs`. */
export interface Keeper {
  createOrganization(name: string, administrator?: { name: string }): Promise<Organization>;
  /** A new person in that role. */
  createMember(organization: Organization, role: Role, name?: string): Promise<Person>;
  /** Makes a person a member of a further organization. */
  addMember(organization: Organization, person: Person, role: Role): Promise<void>;
  /** Makes the last proof of identity of all of a person's sessions ten minutes old. */
  ageSessions(person: Person): Promise<void>;
  /** Somebody who came by themselves. */
  findPerson(email: string): Promise<Person>;
  /** Ends the time of all attempts to connect that the organization has begun. */
  expireAttempts(organization: Organization): Promise<void>;
  /** Gives an integration that works eight days of checks, and as long a time without an error. */
  layHealthHistory(integrationId: string): Promise<void>;
  /** An empty database beside the product's own. */
  createDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the keeper of a running product. */
export async function startKeeper(product: { databaseUrl: string; dataDir: string }): Promise<Keeper> {
  const child = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: product.databaseUrl, TRUNKLINE_DATA_DIR: product.dataDir },
  });
  const call = callerOf(child);
  await call.ready;
  let people = 0;
  const newPerson = (name: string) => ({
    name,
    email: `p${++people}.${randomUUID().slice(0, 8)}@people.example`,
    password,
  });

  return {
    async createOrganization(name, { name: person } = { name: 'Ada Stone' }) {
      const administrator = newPerson(person);
      const made = await call<{ organizationId: string; userId: string; apiKey: string }>(
        'createOrganization',
        { name, administrator },
      );
      return {
        id: made.organizationId,
        name,
        apiKey: made.apiKey,
        administrator: { userId: made.userId, name: person, email: administrator.email },
      };
    },
    async createMember(organization, role, name = role === 'viewer' ? 'Vera Wood' : 'Uma Reed') {
      const person = newPerson(name);
      const { userId } = await call<{ userId: string }>('createMember', {
        organizationId: organization.id,
        role,
        ...person,
      });
      return { userId, name, email: person.email };
    },
    async addMember(organization, person, role) {
      await call('addMember', { organizationId: organization.id, userId: person.userId, role });
    },
    async ageSessions(person) {
      const { count } = await call<{ count: number }>('ageSessions', { userId: person.userId });
      if (count === 0) throw new Error('the person has no session');
    },
    async findPerson(email) {
      const { userId, name } = await call<{ userId: string; name: string }>('findPerson', { email });
      return { userId, name, email };
    },
    async expireAttempts(organization) {
      const { count } = await call<{ count: number }>('expireAttempts', { organizationId: organization.id });
      if (count === 0) throw new Error('the organization has begun no attempt');
    },
    async layHealthHistory(integrationId) {
      const { count } = await call<{ count: number }>('layHealthHistory', { integrationId });
      if (count === 0) throw new Error('the integration is not active');
    },
    async createDatabase(name) {
      await call('createDatabase', { name });
    },
    async stop() {
      const ended = once(child, 'exit');
      child.stdin?.end();
      await ended;
    },
  };
}

/** Removes the data folder of a product that has ended. */
export async function discardDataFolder(folder: string): Promise<void> {
  const child = spawn(process.execPath, [program, 'discard', folder], { stdio: 'inherit' });
  await once(child, 'exit');
}

interface Caller {
  <Result>(act: string, input: object): Promise<Result>;
  ready: Promise<void>;
}

interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

function callerOf(child: ChildProcess): Caller {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the keeper has no pipes');
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  let calls = 0;
  const lines = createInterface({ input: stdout });
  const ready = new Promise<void>((resolve, reject) => {
    lines.once('line', () => resolve());
    child.once('exit', (code) => {
      const error = new Error(`the keeper ended with ${code}`);
      reject(error);
      for (const call of waiting.values()) call.reject(error);
    });
  });
  lines.on('line', (line) => {
    if (line === 'ready') return;
    const { id, result, error } = JSON.parse(line) as Reply;
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(error));
  });
  const call = <Result>(act: string, input: object) =>
    new Promise<Result>((resolve, reject) => {
      const id = ++calls;
      waiting.set(id, { resolve, reject });
      stdin.write(`${JSON.stringify({ id, act, input })}\n`);
    });
  return Object.assign(call, { ready });
}
