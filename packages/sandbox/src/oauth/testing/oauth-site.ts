import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxReply } from '../../exchange.ts';
import type { OAuthDefinition } from '../definition.ts';
import { createOAuthSimulator } from '../simulator.ts';
import type { OAuthSimulator } from '../simulator.ts';

/** The simulator behind a real server on loopback, with a clock that a test moves. */
export interface OAuthSite {
  oauth: OAuthSimulator;
  /** Milliseconds since the epoch. */
  now: number;
  /** Where an address of a provider is served. */
  at(slug: string, url: string): string;
  /** Calls an address of a provider and does not follow redirects. */
  call(slug: string, url: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Addresses look like `/<slug>/https/slack.com/api/…`. */
export async function startOAuthSite(providers: readonly OAuthDefinition[]): Promise<OAuthSite> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, provider, scheme, host, rest, , query] = /^\/([^/]+)\/([^/]+)\/([^/?]+)([^?]*)(\?(.*))?$/.exec(
        request.url!,
      )!;
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      void oauth
        .handle({
          provider: provider!,
          method: request.method!,
          scheme: scheme!,
          host: host!,
          path: rest!,
          query: new URLSearchParams(query),
          headers: Object.fromEntries(headers) as Record<string, string>,
          body: Buffer.concat(chunks),
        })
        .then((reply) => send(reply ?? { status: 404, body: 'not an address of the OAuth server' }));
    });
    function send({ status, headers, body, drop }: SandboxReply): void {
      if (drop) request.socket.destroy();
      else response.writeHead(status, headers).end(body);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = (slug: string, url: string) => `${origin}/${slug}/${url.replace('://', '/')}`;
  const oauth = createOAuthSimulator({ providers, clock: () => site.now, randomBytes, publicUrl: at });
  const site: OAuthSite = {
    oauth,
    now: Date.UTC(2026, 10, 28, 12),
    at,
    call: (slug, url, init) => fetch(at(slug, url), { redirect: 'manual', ...init }),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return site;
}

export const redirectUri = 'http://127.0.0.1:4000/oauth/callback';

/** An app that connects to one provider, with nothing but what the standards ask for. */
export class TestApp {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly site: OAuthSite;
  readonly definition: OAuthDefinition;
  readonly place: Readonly<Record<string, string>>;
  readonly app: string | undefined;

  constructor(
    site: OAuthSite,
    definition: OAuthDefinition,
    place: Record<string, string> = {},
    app?: string,
  ) {
    this.site = site;
    this.definition = definition;
    this.place = place;
    this.app = app;
    site.oauth.allowRedirect(definition.slug, redirectUri, app);
  }

  get client() {
    return this.site.oauth.client(this.definition.slug, this.app);
  }

  address(url: string): string {
    return url.replaceAll(/\{([A-Za-z]+)\}/g, (whole, name: string) => this.place[name] ?? whole);
  }

  /** The parameters of an authorization request that is in order; undefined takes one away. */
  authorization(changes: Record<string, string | undefined> = {}): URLSearchParams {
    const { pkce, scopes, scopeSeparator } = this.definition;
    return parametersOf({
      response_type: 'code',
      client_id: this.client.clientId,
      redirect_uri: redirectUri,
      state: 'state-1',
      scope: scopes.map(({ scope }) => scope).join(scopeSeparator),
      ...(pkce === false
        ? {}
        : {
            code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
            code_challenge_method: 'S256',
          }),
      ...changes,
    });
  }

  /** Opens the page in the browser of a person. */
  open(changes: Record<string, string | undefined> = {}): Promise<Response> {
    return this.get(this.definition.authorizationUrl!, this.authorization(changes));
  }

  get(url: string, query = new URLSearchParams(), headers: Record<string, string> = {}): Promise<Response> {
    return this.site.call(this.definition.slug, `${this.address(url)}?${query.toString()}`, { headers });
  }

  /** Sends a form as a program does. */
  post(
    url: string,
    form: Record<string, string | undefined>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.site.call(this.definition.slug, this.address(url), {
      method: 'POST',
      body: parametersOf(form),
      headers,
    });
  }

  /** What comes back to the app after the person has agreed without being asked. */
  async approved(changes: Record<string, string | undefined> = {}): Promise<URLSearchParams> {
    this.site.oauth.setDecision(this.definition.slug, 'approve');
    return cameBack(await this.open(changes));
  }

  /** Asks the token endpoint, with the secret where the provider wants it. */
  token(form: Record<string, string | undefined>): Promise<Response> {
    const { clientId, clientSecret } = this.client;
    const accept = 'application/json';
    if (this.definition.tokenAuthMethod === 'basic')
      return this.post(this.definition.tokenUrl, form, {
        accept,
        authorization: basic(clientId, clientSecret),
      });
    const credentials = { client_id: clientId, client_secret: clientSecret };
    return this.post(this.definition.tokenUrl, { ...credentials, ...form }, { accept });
  }

  exchange(code: string, changes: Record<string, string | undefined> = {}): Promise<Response> {
    return this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      ...(this.definition.pkce === false ? {} : { code_verifier: this.verifier }),
      ...changes,
    });
  }

  refresh(refreshToken: string, changes: Record<string, string | undefined> = {}): Promise<Response> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...changes });
  }

  /** Connects, and gives the answer of the token endpoint. */
  async connect(
    changes: Record<string, string | undefined> = {},
    tokenChanges: Record<string, string | undefined> = {},
  ): Promise<Record<string, string>> {
    const back = await this.approved(changes);
    const response = await this.exchange(back.get('code') ?? '', tokenChanges);
    return (await response.json()) as Record<string, string>;
  }
}

/** HTTP basic authentication as OAuth wants it. */
export function basic(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`;
}

/** The parameters with which a person comes back to the app. */
export function cameBack(response: Response): URLSearchParams {
  const location = response.headers.get('location') ?? 'nowhere';
  if (response.status !== 303 || !location.startsWith(redirectUri))
    throw new Error(`no redirect to the app but ${response.status} ${location}`);
  return new URL(location).searchParams;
}

/** The hidden field that names the request on a consent page. */
export function transactionOn(page: string): string {
  return /name="transaction" value="([^"]+)"/.exec(page)![1]!;
}

function parametersOf(values: Record<string, string | undefined>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
