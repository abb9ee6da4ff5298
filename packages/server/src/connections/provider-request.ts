import type { Connection } from './connection.ts';
import { TemplateError, fillText, fillUrl } from './fill-template.ts';
import type { Values } from './fill-template.ts';

/** One call of a provider's API, in its own terms. */
export interface ProviderCall {
  method: string;
  /** Behind the base URL, or a whole URL; values in braces are filled in. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer | null;
}

/** The call as it goes out, before it is signed. Holds credentials. */
export interface ProviderRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | Buffer | null;
}

/** What the templates of a provider are filled with: credentials, settings, and what the token answer gave. */
export function templateValues(connection: Connection, token: TokenValues | null): Values {
  const settings = Object.entries(connection.settings).map(([key, value]) => [key, String(value)] as const);
  return {
    ...Object.fromEntries(settings),
    ...token?.extra,
    ...connection.values,
    ...(token === null ? {} : { accessToken: token.accessToken }),
  };
}

export interface TokenValues {
  accessToken: string;
  extra: Readonly<Record<string, string>>;
}

/**
 * The request for a call: address and headers filled in, and the credentials where the provider wants them.
 *
 * @throws TemplateError when a value is missing or does not fit its place
 */
export function requestFor(
  connection: Connection,
  call: ProviderCall,
  token: TokenValues | null,
): ProviderRequest {
  const { auth } = connection;
  const values = templateValues(connection, token);
  const headers: Record<string, string> = { accept: 'application/json' };
  if ('headers' in auth) {
    for (const [name, template] of Object.entries(auth.headers)) {
      const value = fillText(template, values);
      if (value !== null) headers[name.toLowerCase()] = value;
    }
  }
  if ('basic' in auth && auth.basic !== undefined) {
    const [user, password] = auth.basic.map((template) => fillText(template, values) ?? '');
    headers['authorization'] = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(call.headers ?? {})) headers[name.toLowerCase()] = value;
  const query = 'query' in auth ? (auth.query ?? {}) : {};
  const url = withQuery(urlOf(connection, call.path, values), query, values);
  return { method: call.method, url, headers, body: call.body ?? null };
}

/** The address with parameters behind those that it has; one whose value is missing is left out. */
function withQuery(url: string, query: Readonly<Record<string, string>>, values: Values): string {
  const parts = Object.entries(query).flatMap(([name, template]) => {
    const value = fillText(template, values);
    return value === null ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
  });
  if (parts.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${parts.join('&')}`;
}

/** A whole URL, or one behind the provider's base; stores that speak S3 are reached by path instead of by host name. */
function urlOf({ provider, auth, values: own }: Connection, path: string, values: Values): string {
  // Without TLS only to what the operator allows; the guard sees to that.
  if (/^https?:/.test(path)) return fillUrl(path, values);
  const other = auth.type === 'signed' && auth.service === 's3' && own['endpoint'];
  const base = other ? '{endpoint}/{bucket}' : provider.baseUrl;
  if (base === null) throw new TemplateError(`${provider.name} has no address for calls.`);
  return fillUrl(`${base}${path}`, values);
}
