import { TemplateError } from './fill-template.ts';
import type { Connection } from './connection.ts';
import { requestFor } from './provider-request.ts';
import type { ProviderRequest, TokenValues } from './provider-request.ts';

/** Headers that belong to one connection (RFC 9110, 7.6.1), or say who calls here and within which trace. */
const dropped = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'expect',
  'authorization',
  'cookie',
  'set-cookie',
  'set-cookie2',
  'forwarded',
  'via',
  'origin',
  'referer',
  'traceparent',
  'tracestate',
  'baggage',
  'strict-transport-security',
  'alt-svc',
  'clear-site-data',
]);

/** The headers of a request or an answer that may be passed on; names that `connection` lists are not. */
export function passedOn(headers: Iterable<readonly [string, string]>): Record<string, string> {
  const all = [...headers].map(([name, value]) => [name.toLowerCase(), value] as const);
  const listed = all
    .filter(([name]) => name === 'connection')
    .flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(
    all.filter(
      ([name]) =>
        !dropped.has(name) && !listed.includes(name) && !/^(x-forwarded-|sec-|access-control-)/.test(name),
    ),
  );
}

export interface ProxiedCall {
  method: string;
  /** Behind the base URL of the provider, as it came: percent-encoded, with a slash in front. */
  path: string;
  /** With its question mark, or empty. */
  search: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

/**
 * The request to the provider's own API for somebody who knows it, with the stored credentials in place of the caller's.
 *
 * @throws TemplateError when the path could lead elsewhere, or a value is missing
 */
export function proxyRequest(
  connection: Connection,
  call: ProxiedCall,
  token: TokenValues | null,
): ProviderRequest {
  const path = safePath(call.path) + call.search.replaceAll('{', '%7B').replaceAll('}', '%7D');
  const base = requestFor(connection, { method: 'GET', path: '/' }, token).url;
  // The credentials come last, whatever the caller sent.
  const request = requestFor(connection, { method: call.method, path, body: call.body }, token);
  const target = new URL(request.url);
  const root = new URL(base);
  if (target.origin !== root.origin || !target.pathname.startsWith(root.pathname)) {
    throw new TemplateError('The path leads away from the provider.');
  }
  const { accept, ...own } = request.headers;
  return { ...request, headers: { ...(accept !== undefined && { accept }), ...call.headers, ...own } };
}

/** @throws TemplateError for dots as a part, also encoded ones, backslashes, and what is not ASCII */
function safePath(path: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw new TemplateError('The path is not percent-encoded properly.');
  }
  const tricky =
    !path.startsWith('/') ||
    path.startsWith('//') ||
    decoded.includes('\\') ||
    [...decoded].some(isControl) ||
    decoded.split('/').some((part) => part === '.' || part === '..');
  if (tricky) throw new TemplateError('The path has parts that could lead elsewhere.');
  return path.replaceAll('{', '%7B').replaceAll('}', '%7D');
}

function isControl(char: string): boolean {
  return char < ' ' || char === '\u007f';
}
