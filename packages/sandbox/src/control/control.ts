import { conditionMeanings, conditions, isCondition } from '../conditions.ts';
import type { SandboxReply } from '../exchange.ts';
import type { ControlRequest } from '../http-front.ts';
import type { OAuthSimulator } from '../oauth/simulator.ts';
import { json } from '../operations.ts';
import type { SandboxServer } from '../server.ts';
import type { SimulatedProvider } from '../simulated-provider.ts';
import { webhookEventsOf } from '../webhooks/send.ts';
import type { SendWebhookOptions, SentWebhook } from '../webhooks/send.ts';
import { controlPage } from './page.ts';
import { serverControl, serverSummary } from './server-control.ts';
import { allowing, bodyOf, problem } from './replies.ts';

export interface ControlOptions {
  providers: readonly SimulatedProvider[];
  /** Those that do not speak HTTP; more may come. */
  servers: readonly SandboxServer[];
  oauth: OAuthSimulator;
  sendWebhook: (slug: string, options: SendWebhookOptions) => Promise<SentWebhook>;
}

/** Answers the calls of the control page and of programs: what the providers have seen, and what they shall do. */
export function createControl({ providers, servers, oauth, sendWebhook }: ControlOptions) {
  const sorted = [...providers].sort((a, b) => a.definition.name.localeCompare(b.definition.name, 'en'));

  return async (request: ControlRequest): Promise<SandboxReply> => {
    if (isForeign(request)) return problem(403, 'Only the sandbox’s own page may ask for this.');
    if (request.path === '/') return allowing(['GET', 'HEAD'], request, () => controlPage());
    if (request.path === '/control/providers')
      return allowing(['GET'], request, () =>
        json(200, { data: [...servers.map(serverSummary), ...sorted.map(summary)] }),
      );
    const match = /^\/control\/providers\/([a-z0-9-]+)(?:\/(traffic|sent|webhook|oauth|files))?$/.exec(
      request.path,
    );
    if (!match) return problem(404, 'There is nothing here.');
    const server = servers.find(({ slug }) => slug === match[1]);
    if (server) return serverControl(server, match[2], request);
    const provider = sorted.find(({ definition }) => definition.slug === match[1]);
    if (!provider) return problem(404, `The sandbox has no provider ${match[1]}.`);
    switch (match[2]) {
      case 'traffic':
        return allowing(['GET'], request, () => json(200, { data: provider.traffic.latest }));
      case 'sent':
        return allowing(['GET'], request, () => json(200, { data: shownItems(provider) }));
      case 'webhook':
        return allowing(['POST'], request, () => send(provider, request));
      case 'oauth':
        return allowing(['POST'], request, () => command(oauth, provider, request));
      case 'files':
        return problem(404, 'There is nothing here.');
      default:
        return request.method === 'PUT'
          ? change(provider, request)
          : allowing(['GET', 'PUT'], request, () => json(200, details(provider)));
    }
  };

  async function send(provider: SimulatedProvider, request: ControlRequest): Promise<SandboxReply> {
    const input = bodyOf(request);
    if (typeof input?.['url'] !== 'string' || !URL.canParse(input['url']))
      return problem(400, 'Say in JSON where the webhook goes: {"url": "http://127.0.0.1:…"}.');
    const texts = ['publicUrl', 'secretOrKey', 'event'].filter((name) => typeof input[name] === 'string');
    const chosen = Object.fromEntries(texts.map((name) => [name, input[name]]));
    try {
      return json(200, await sendWebhook(provider.definition.slug, { ...chosen, url: input['url'] }));
    } catch (error) {
      const cause =
        error instanceof Error && error.message === 'fetch failed' ? 'Nobody answers there.' : String(error);
      return problem(422, cause.replace(/^Error: /, ''));
    }
  }
}

const meanings = conditions.map((condition) => ({ condition, means: conditionMeanings[condition] }));

function change(provider: SimulatedProvider, request: ControlRequest): SandboxReply {
  const condition = bodyOf(request)?.['condition'];
  if (!isCondition(condition))
    return problem(400, `Say in JSON which condition: one of ${conditions.join(', ')}.`);
  provider.setCondition(condition);
  return json(200, details(provider));
}

/** What the authorization server does on command, by its name. */
function command(oauth: OAuthSimulator, provider: SimulatedProvider, request: ControlRequest): SandboxReply {
  const { slug, name, auth } = provider.definition;
  if (!auth.some(({ type }) => type === 'oauth2')) return problem(422, `${name} does not connect by OAuth.`);
  const input = bodyOf(request);
  const uri = input?.['redirectUri'];
  switch (input?.['action']) {
    case 'expireTokens':
      oauth.expireTokens(slug);
      break;
    case 'revokeAll':
      oauth.revokeAll(slug);
      break;
    case 'loseNextAnswer':
      oauth.loseNextAnswer(slug);
      break;
    case 'allowRedirect':
      if (typeof uri !== 'string' || !URL.canParse(uri) || uri.includes('#'))
        return problem(400, 'Say in JSON which redirectUri; it has no fragment.');
      oauth.allowRedirect(slug, uri);
      break;
    default:
      return problem(
        400,
        'Say in JSON which action: expireTokens, revokeAll, loseNextAnswer or allowRedirect.',
      );
  }
  return json(200, { counters: oauth.counters(slug) });
}

function summary({ definition, condition, traffic, store }: SimulatedProvider) {
  return {
    slug: definition.slug,
    name: definition.name,
    condition,
    overHttp: definition.baseUrl !== null,
    calls: traffic.count,
    sent: store.list().length,
  };
}

/** With the credentials: they are made up, and are there to be copied. */
function details(provider: SimulatedProvider) {
  const { definition, account } = provider;
  const labels = new Map(
    definition.auth.flatMap(({ fields }) => fields.map((field) => [field.key, field.label])),
  );
  return {
    ...summary(provider),
    conditions: meanings,
    baseUrl: definition.baseUrl,
    byOAuth: definition.auth.some(({ type }) => type === 'oauth2'),
    credentials: Object.entries(account.values).map(([key, value]) => ({
      key,
      label: labels.get(key) ?? key,
      value,
      secret: account.secrets.has(value),
    })),
    webhookEvents: webhookEventsOf(definition),
    takesFiles: false,
  };
}

function shownItems({ store }: SimulatedProvider) {
  return store
    .list()
    .reverse()
    .slice(0, 100)
    .map(({ kind, id, at, data }) => ({ kind, id, at: new Date(at).toISOString(), data }));
}

/** A call that another web page has made. A page of another origin cannot leave these headers out. */
function isForeign({ headers, path }: ControlRequest): boolean {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return true;
  const site = headers['sec-fetch-site'];
  return path !== '/' && site !== undefined && site !== 'same-origin' && site !== 'none';
}
