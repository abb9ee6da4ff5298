import { randomBytes } from 'node:crypto';
import { accountOf } from './accounts/account.ts';
import type { SandboxAccount } from './accounts/account.ts';
import type { OAuthSide } from './auth/oauth-side.ts';
import type { Condition } from './conditions.ts';
import { createControl } from './control/control.ts';
import type { SandboxProvider } from './definition.ts';
import { openHttpFront } from './http-front.ts';
import { definitionOf } from './oauth/definition.ts';
import type { OAuthDefinition } from './oauth/definition.ts';
import { createOAuthSimulator } from './oauth/simulator.ts';
import type { OAuthSimulator } from './oauth/simulator.ts';
import { text } from './operations.ts';
import { operationsOf } from './providers/operation-sets.ts';
import { createPortTable, rerouteTo } from './reroute.ts';
import type { PortTable, Reroute } from './reroute.ts';
import type { SandboxServer } from './server.ts';
import { simulateProvider } from './simulated-provider.ts';
import type { StoredItem } from './store.ts';
import type { TrafficEntry } from './traffic.ts';
import { sendWebhook } from './webhooks/send.ts';
import type { SendWebhookOptions, SentWebhook } from './webhooks/send.ts';

export interface SandboxOptions {
  providers: readonly SandboxProvider[];
  /** 0 takes a free one. */
  port?: number;
  host?: string;
  /** 0 ≤ n < 1; decides which calls of a flaky provider fail. */
  random?: () => number;
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /** Authorization servers of a test's own, instead of the simulated ones. */
  oauth?: OAuthSide;
  /** How late a slow provider answers, in milliseconds. */
  slowMs?: number;
  /** False: the limits of the definitions are not counted. */
  countLimits?: boolean;
}

export interface Sandbox {
  /** Of the control page; the providers are below it. */
  url: string;
  reroute: Reroute;
  /** Where simulators register that do not speak HTTP. */
  ports: PortTable;
  /** Of all providers. */
  slugs: readonly string[];
  /** Puts a server that does not speak HTTP onto the control page. */
  addServer: (server: SandboxServer) => void;
  account: (slug: string) => SandboxAccount;
  /** The authorization servers of all providers, with what they do on command. */
  oauth: OAuthSimulator;
  condition: (slug: string) => Condition;
  setCondition: (slug: string, condition: Condition) => void;
  /** The latest calls, newest first. */
  traffic: (slug: string) => TrafficEntry[];
  /** What was sent to the provider or made there. */
  sent: (slug: string) => StoredItem[];
  sendWebhook: (slug: string, options: SendWebhookOptions) => Promise<SentWebhook>;
  close: () => Promise<void>;
}

/** The authorization server knows the same app as the account. */
function oauthOf(definition: SandboxProvider): OAuthDefinition | null {
  const { clientId, clientSecret } = accountOf(definition).values;
  const found = definitionOf(definition);
  return found && clientId && clientSecret ? { ...found, client: { clientId, clientSecret } } : found;
}

const usualSlowMs = 3_500;

/**
 * Starts the simulators of all given providers and the control page, on one port of this machine.
 *
 * @throws Error when the port is taken. The functions of the result throw for a provider that it does not have.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? Date.now;
  const ports = createPortTable();
  let reroute: Reroute = (_, url) => url;
  const oauth = createOAuthSimulator({
    providers: options.providers.map(oauthOf).filter((definition) => definition !== null),
    clock,
    randomBytes,
    publicUrl: (slug, url) => reroute(slug, url),
  });
  const simulated = new Map(
    options.providers.map((definition) => [
      definition.slug,
      simulateProvider(definition, {
        oauth: options.oauth ?? oauth,
        operations: operationsOf(definition.slug),
        clock,
        random: options.random ?? Math.random,
        slowMs: options.slowMs ?? usualSlowMs,
        countLimits: options.countLimits ?? true,
      }),
    ]),
  );
  const one = (slug: string) => {
    const provider = simulated.get(slug);
    if (!provider) throw new Error(`The sandbox has no provider ${slug}.`);
    return provider;
  };
  const send = (slug: string, webhook: SendWebhookOptions) => {
    const { definition, account } = one(slug);
    return sendWebhook(definition, account, webhook, clock);
  };
  const servers: SandboxServer[] = [];
  const front = await openHttpFront(
    { port: options.port ?? 0, host: options.host ?? '127.0.0.1' },
    {
      provider: async (request) =>
        (await simulated.get(request.provider)?.handle(request)) ??
        text(404, `The sandbox has no provider ${request.provider}.\n`),
      control: createControl({ providers: [...simulated.values()], servers, oauth, sendWebhook: send }),
    },
  );
  reroute = rerouteTo(front.url, ports);
  return {
    url: front.url,
    reroute,
    ports,
    oauth,
    slugs: [...simulated.keys()],
    addServer: (server) => void servers.push(server),
    account: (slug) => one(slug).account,
    condition: (slug) => one(slug).condition,
    setCondition: (slug, condition) => one(slug).setCondition(condition),
    traffic: (slug) => one(slug).traffic.latest,
    sent: (slug) => one(slug).store.list(),
    sendWebhook: send,
    close: () => front.close(),
  };
}
