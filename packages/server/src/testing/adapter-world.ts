import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { adaptConnection } from '../connections/adapting.ts';
import type { Connection } from '../connections/connection.ts';
import { loadConnection } from '../connections/load-connection.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { attempt } from '../modules/actions/attempt.ts';
import type { AttemptResult } from '../modules/actions/attempt.ts';
import type { AdapterCall } from '../providers/adapters/adapter.ts';
import { startActionWorld } from './sandbox-actions.ts';
import type { ActionWorld } from './sandbox-actions.ts';
import type { TestOrganization } from './test-app.ts';

/** An action world in which providers are connected as they are asked. */
export interface AdapterWorld extends ActionWorld {
  organization: TestOrganization;
  /** Asks a provider once, with an input as a caller sends it. The same key is the same action. */
  ask(slug: string, capability: CapabilityName, input: unknown, key?: string): Promise<AttemptResult>;
  /** Calls the provider's API as an adapter does, and gives the text of its answer. */
  proxied(slug: string, call: AdapterCall): Promise<string>;
  /** Changes settings of the provider's integration. */
  set(slug: string, settings: Readonly<Record<string, string>>): Promise<void>;
}

/** Starts it. Providers that are asked first are connected first. */
export async function startAdapterWorld(): Promise<AdapterWorld> {
  const world = await startActionWorld();
  const organization = await world.createOrganization();
  const connected = new Map<string, Promise<string>>();

  function connect(slug: string): Promise<string> {
    const known = connected.get(slug) ?? world.connect(organization, slug);
    connected.set(slug, known);
    return known;
  }

  async function connectionOf(slug: string): Promise<Connection> {
    const id = await connect(slug);
    return tenantTransaction(world.app.pool, organization.id, (tx) => loadConnection(world.app, tx, id));
  }

  const newKey = (): string => world.app.newId().replaceAll('-', '');

  return {
    ...world,
    organization,
    async ask(slug, capability, input, key = newKey()) {
      const parsed: unknown = capabilities[capability].input.parse(input);
      return attempt(world.app, await connectionOf(slug), { capability, input: parsed, key });
    },
    async proxied(slug, call) {
      const { io } = await adaptConnection(world.app, await connectionOf(slug), { key: newKey(), input: {} });
      return (await io.call(call)).text;
    },
    async set(slug, settings) {
      const id = await connect(slug);
      const text = JSON.stringify(settings);
      await world.app.pool.query('UPDATE integrations SET settings = settings || $2 WHERE id = $1', [
        id,
        text,
      ]);
    },
  };
}
