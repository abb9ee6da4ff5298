import type { SandboxRequest } from '../exchange.ts';
import type { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';
import { hexOf } from './seed.ts';

/** An app that is registered at a provider. */
export interface OAuthClient {
  /** Shown to the person who is asked. */
  app: string;
  clientId: string;
  clientSecret: string;
  /** Compared letter by letter. */
  redirectUris: string[];
}

export interface Credentials {
  clientId: string;
  clientSecret: string;
}

/** Makes credentials in the form of a provider; always the same ones for a name. */
export type CredentialsMaker = (name: string) => Credentials;

const plainCredentials: CredentialsMaker = (name) => ({
  clientId: `sandbox-${hexOf(`${name}:id`, 24)}`,
  clientSecret: `sandbox-secret-${hexOf(`${name}:secret`, 40)}`,
});

/** The app that is meant when none is named. */
export const ownApp = 'Trunkline';

/** The apps of one provider. They come to be when they are asked for. */
export class Clients {
  private readonly byApp = new Map<string, OAuthClient>();
  private readonly slug: string;
  private readonly make: CredentialsMaker;
  private readonly own: Credentials | undefined;

  constructor(slug: string, make: CredentialsMaker = plainCredentials, own?: Credentials) {
    this.slug = slug;
    this.make = make;
    this.own = own;
    this.of(ownApp);
  }

  of(app: string): OAuthClient {
    const known = this.byApp.get(app);
    if (known) return known;
    const made = app === ownApp && this.own ? this.own : this.make(`${this.slug}:${app}`);
    const client = { app, clientId: made.clientId, clientSecret: made.clientSecret, redirectUris: [] };
    this.byApp.set(app, client);
    return client;
  }

  find(clientId: string | undefined): OAuthClient | undefined {
    return [...this.byApp.values()].find((client) => client.clientId === clientId);
  }
}

/**
 * The app that sent a request, by the one way that the provider takes (RFC 6749, section 2.3).
 *
 * @throws Refusal by name
 */
export function authenticate(
  clients: Clients,
  method: 'basic' | 'post',
  request: SandboxRequest,
  parameters: Parameters,
): OAuthClient {
  const basic = basicCredentials(request.headers['authorization']);
  const posted = parameters.get('client_secret');
  const challenge = { headers: { 'www-authenticate': 'Basic realm="sandbox"' } };
  if (basic && posted !== undefined) throw new Refusal('two_authentications');
  if (!basic && posted === undefined) throw new Refusal('no_authentication', challenge);
  if ((method === 'basic') !== (basic !== null)) throw new Refusal('wrong_authentication', challenge);
  const clientId = basic?.clientId ?? parameters.get('client_id');
  if (parameters.has('client_id') && parameters.get('client_id') !== clientId)
    throw new Refusal('two_authentications');
  const client = clients.find(clientId);
  if (!client) throw new Refusal('unknown_client', challenge);
  if (client.clientSecret !== (basic?.clientSecret ?? posted)) throw new Refusal('wrong_secret', challenge);
  return client;
}

/** Both halves are encoded like a form before they become Base64 (RFC 6749, section 2.3.1). */
function basicCredentials(header: string | undefined): Credentials | null {
  const match = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '');
  if (!match) return null;
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(match[1]!, 'base64').toString('utf8')) ?? [];
  if (id === undefined || secret === undefined) return null;
  const decoded = new URLSearchParams(`id=${id}&secret=${secret}`);
  return { clientId: decoded.get('id')!, clientSecret: decoded.get('secret')! };
}
