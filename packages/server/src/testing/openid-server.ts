import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const openIdClient = { clientId: 'trunkline', clientSecret: 'a secret: with/odd+signs%' };

export interface OpenIdPerson {
  email?: string;
  email_verified?: boolean;
  name?: string;
}

/** A certified OpenID provider that is not ours, on loopback. */
export interface OpenIdServer {
  issuer: string;
  /** By subject, which is the name that one signs in with. */
  people: Map<string, OpenIdPerson>;
  /** A browser at the provider, which keeps its session there. */
  browser(): OpenIdBrowser;
  close(): Promise<void>;
}

export interface OpenIdBrowser {
  /** Signs in and agrees where it is asked; gives the address that the person is sent back to. */
  signIn(address: string, login: string): Promise<string>;
}

/** @param redirectUri the only address that the provider sends people back to */
export async function startOpenIdServer(redirectUri: string): Promise<OpenIdServer> {
  const people = new Map<string, OpenIdPerson>();
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: openIdClient.clientId,
        client_secret: openIdClient.clientSecret,
        redirect_uris: [redirectUri],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, ...people.get(accountId) }),
    }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['for tests'] },
    ttl: { AccessToken: 600, Grant: 600, Session: 600, Interaction: 600, IdToken: 600 },
  });
  handle = provider.callback();
  return {
    issuer,
    people,
    browser: () => createBrowser(issuer),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function createBrowser(issuer: string): OpenIdBrowser {
  const cookies = new Map<string, string>();
  return {
    async signIn(address, login) {
      let [url, form] = [address, null as URLSearchParams | null];
      for (let step = 0; step < 12; step += 1) {
        const answer = await fetch(url, {
          redirect: 'manual',
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
          ...(form === null ? {} : { method: 'POST', body: form }),
        });
        for (const cookie of answer.headers.getSetCookie()) {
          const [pair = ''] = cookie.split(';');
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        const location = answer.headers.get('location');
        if (location !== null) {
          const target = new URL(location, url);
          if (target.origin !== issuer) return target.href;
          [url, form] = [target.href, null];
          continue;
        }
        const page = await answer.text();
        const action = /<form[^>]+action="([^"]+)"/.exec(page)?.[1];
        const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
        if (action === undefined || prompt === undefined) {
          throw new Error(`no way on: ${page.replaceAll(/<[^>]*>|\s+/g, ' ').slice(-400)}`);
        }
        [url, form] = [new URL(action, issuer).href, new URLSearchParams({ prompt, login, password: 'any' })];
      }
      throw new Error('the provider goes round in circles');
    },
  };
}
