import { accountOf } from './accounts/account.ts';
import type { SandboxAccount } from './accounts/account.ts';
import { authenticate } from './auth/authenticate.ts';
import type { OAuthSide } from './auth/oauth-side.ts';
import { readForm, readJson } from './body.ts';
import type { Condition } from './conditions.ts';
import type { SandboxAnswer, SandboxProvider } from './definition.ts';
import type { SandboxReply, SandboxRequest } from './exchange.ts';
import { createCallCounter } from './limits.ts';
import { json, text } from './operations.ts';
import type { OperationSet, Route } from './operations.ts';
import { statusPage } from './status-page.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';
import { templateReader } from './template.ts';
import { Traffic } from './traffic.ts';

/** One provider of the sandbox, with its account, its condition and what it has seen. */
export interface SimulatedProvider {
  readonly definition: SandboxProvider;
  readonly account: SandboxAccount;
  readonly traffic: Traffic;
  readonly store: Store;
  readonly condition: Condition;
  setCondition(condition: Condition): void;
  handle(request: SandboxRequest): Promise<SandboxReply>;
}

export interface SimulationOptions {
  oauth: OAuthSide | null;
  operations: readonly OperationSet[];
  clock: () => number;
  random: () => number;
  slowMs: number;
  countLimits: boolean;
}

/** Methods that change nothing. */
const reads = new Set(['GET', 'HEAD']);
/** How many of the calls of a flaky provider fail. */
const flakyShare = 0.4;
const unavailable: SandboxAnswer = { status: 503, body: 'Service Unavailable' };

/** Reads the values of an address by a template of it; the query does not count. */
interface Place {
  method: string | null;
  read: (address: string) => Record<string, string> | null;
}

/** Plays one provider. */
export function simulateProvider(definition: SandboxProvider, options: SimulationOptions): SimulatedProvider {
  const { clock, oauth } = options;
  const account = accountOf(definition);
  const traffic = new Traffic();
  const store = createStore(clock);
  const counter = createCallCounter(definition.limits);
  const { simulate, baseUrl, health } = definition;
  const place = (template: string, method: string | null = null): Place => ({
    method,
    read: templateReader(template.split('?')[0]!.replace(/\/$/, '')),
  });
  const oauthPlaces = definition.auth.flatMap((auth) =>
    auth.type === 'oauth2'
      ? [auth.authorizationUrl, auth.tokenUrl, auth.revokeUrl]
          .filter((url) => url !== null)
          .map((url) => place(url))
      : [],
  );
  const healthUrl = health && (health.path.startsWith('/') ? `${baseUrl ?? ''}${health.path}` : health.path);
  const healthPlace = healthUrl === null ? null : place(healthUrl, health!.method);
  const basePlace = baseUrl === null ? null : templateReader(baseUrl);
  const routes = options.operations.flatMap((set) =>
    set.routes.map((route) => ({ set, ...readRoute(route, baseUrl) })),
  );

  let condition: Condition = 'healthy';

  return {
    definition,
    account,
    traffic,
    store,
    get condition() {
      return condition;
    },
    setCondition(next) {
      condition = next;
      if (next === 'revoked' && oauthPlaces.length > 0) oauth?.revokeAll(definition.slug);
    },
    async handle(request) {
      const began = clock();
      const reply = statusPage(definition, condition, request) ?? (await answer(request));
      const delayMs = reply.delayMs ?? 0;
      traffic.record(request, reply, account.secrets, { at: began, durationMs: clock() - began + delayMs });
      return reply;
    },
  };

  async function answer(request: SandboxRequest): Promise<SandboxReply> {
    switch (condition) {
      case 'timeout':
        return { status: 504, hang: true };
      case 'down':
        return simulated('down');
      case 'slow':
        return { ...(await work(request)), delayMs: options.slowMs };
      case 'flaky':
        return options.random() < flakyShare ? simulated('down') : work(request);
      case 'answerLost':
        return { ...(await work(request)), drop: 'after' };
      case 'changeLost':
        return reads.has(request.method) ? work(request) : { ...(await work(request)), drop: 'after' };
      default:
        return work(request);
    }
  }

  async function work(request: SandboxRequest): Promise<SandboxReply> {
    const address = `${request.scheme}://${request.host}${request.path}`.replace(/\/$/, '');
    if (oauthPlaces.some(({ read }) => read(address) !== null)) return authorize(request);
    if (condition === 'rateLimited') return simulated('rateLimited');
    const found = routes.find(({ route, read }) => route.method === request.method && read(request) !== null);
    const isHealth =
      found === undefined && healthPlace?.method === request.method && healthPlace.read(address) !== null;
    const inAddress = { ...basePlaceOf(address), ...(isHealth ? healthPlace.read(address) : {}) };
    const refused = (reason: string) =>
      options.operations.map((set) => set.refused?.(reason, request)).find((reply) => reply) ??
      simulated('revoked');
    if (condition === 'revoked') return refused('revoked');
    const byOAuth = found === undefined ? await oauth?.handle(request) : null;
    if (byOAuth) return byOAuth;
    let token = null;
    if (!found?.route.open) {
      if (!found && !isHealth && !isOwnAddress(address)) return noSuchAddress(request);
      const context = { provider: definition, account, inAddress, oauth, now: clock() };
      const authentication = authenticate(request, context);
      if (!authentication.ok) return refused(authentication.reason);
      token = authentication.token;
    }
    const wait = options.countLimits ? counter.count(clock()) : null;
    if (wait !== null) return withRetryAfter(simulated('rateLimited'), wait);
    if (isHealth) return simulated('healthy');
    if (!found) {
      const own = options.operations.map((set) => set.notFound?.(request)).find((reply) => reply);
      return own ?? json(404, { message: 'Not Found' });
    }
    const { set, route, read } = found;
    if (token && route.scopes && !route.scopes.some((scope) => token.scopes.includes(scope)))
      return set.missingScope?.(route.scopes, token) ?? json(403, { message: 'Insufficient permissions' });
    return route.handle({
      request,
      params: read(request)!,
      account,
      token,
      store,
      now: clock(),
    });
  }

  /** The authorization server; with access revoked, only somebody who connects anew gets a token. */
  async function authorize(request: SandboxRequest): Promise<SandboxReply> {
    const isRevoked = condition === 'revoked';
    const grant = isRevoked ? await grantTypeOf(request) : null;
    if (grant === 'client_credentials') return json(401, { error: 'invalid_client' });
    const reply = (await oauth?.handle(request)) ?? noSuchAddress(request);
    if (grant === 'authorization_code' && reply.status === 200) condition = 'healthy';
    return reply;
  }

  function simulated(condition: 'healthy' | 'revoked' | 'rateLimited' | 'down'): SandboxReply {
    const { status, headers, body } = simulate?.[condition] ?? unavailable;
    return { status, headers: { ...headers }, body };
  }

  function basePlaceOf(address: string): Record<string, string> | null {
    if (basePlace === null || baseUrl === null) return null;
    // The base is the beginning of the address: as many parts of its path as it has itself.
    const parts = address.split('/');
    for (let length = parts.length; length >= 3; length -= 1) {
      const values = basePlace(parts.slice(0, length).join('/'));
      if (values) return values;
    }
    return null;
  }

  function isOwnAddress(address: string): boolean {
    return basePlaceOf(address) !== null || routes.some(({ ownsHost }) => ownsHost(address));
  }

  function noSuchAddress(request: SandboxRequest): SandboxReply {
    return text(
      404,
      `The sandbox plays no ${request.scheme}://${request.host}${request.path} of ${definition.name}.\n`,
    );
  }
}

interface ReadableRoute {
  route: Route;
  read: (request: SandboxRequest) => Record<string, string> | null;
  ownsHost: (address: string) => boolean;
}

/** Compiles a route: the host by its own pattern, or by that of the base address. */
function readRoute(route: Route, baseUrl: string | null): ReadableRoute {
  const names: string[] = [];
  const source = route.path.replaceAll(
    /\{([A-Za-z]+)(\+)?\}|[.$]/g,
    (whole, name?: string, rest?: string) => {
      if (name === undefined) return `\\${whole}`;
      names.push(name);
      return rest ? '(.*)' : '([^/]+)';
    },
  );
  const path = new RegExp(`^${source}$`);
  const base = /^[a-z]+:\/\/([^/]+)/.exec(baseUrl ?? '')?.[1];
  const hosts = route.host ?? base ?? '*';
  const host = hosts === '*' ? () => ({}) : templateReader(hosts);
  return {
    route,
    read(request) {
      const inHost = host(request.host);
      const inPath = path.exec(request.path);
      if (!inHost || !inPath) return null;
      return {
        ...inHost,
        ...Object.fromEntries(names.map((name, index) => [name, decode(inPath[index + 1]!)])),
      };
    },
    ownsHost: (address) => host(/^[a-z]+:\/\/([^/]+)/.exec(address)?.[1] ?? '') !== null,
  };
}

async function grantTypeOf(request: SandboxRequest): Promise<unknown> {
  return (await readForm(request)).get('grant_type') ?? readJson(request)?.['grant_type'];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Keeps the provider's own way of telling when to come again, and adds the usual one. */
function withRetryAfter(reply: SandboxReply, seconds: number): SandboxReply {
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } };
}
