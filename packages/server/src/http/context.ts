import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { App, Ctx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import { clientAddressHeader } from '../identity/client.ts';
import { findPortalSession, isPortalSession } from '../modules/portal/find-portal-session.ts';
import type { FoundPortalSession } from '../modules/portal/find-portal-session.ts';
import type { ApiKeyFinder, FoundApiKey } from '../modules/api-keys/find-api-key.ts';

export interface RequestFacts {
  id: string;
  ip: string | null;
}

/**
 * Where a request comes from: the socket, or behind a trusted proxy the last address of `X-Forwarded-For`. That
 * one the proxy wrote itself; what stands before it is whatever the client sent.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string | null {
  if (trustProxy) {
    const forwarded = request.headers['x-forwarded-for'];
    const address = forwardedAddress(Array.isArray(forwarded) ? forwarded.join(',') : forwarded);
    if (address !== null) return address;
  }
  return request.socket.remoteAddress ?? null;
}

/** The last address of `X-Forwarded-For`; null when there is none. */
export function forwardedAddress(header: string | undefined): string | null {
  const last = header?.split(',').at(-1)?.trim();
  return last && isIP(last) !== 0 ? last : null;
}

/** Reads the bearer token; null without one. */
export function bearerToken(header: string | null | undefined): string | null {
  const match = /^Bearer\s+(\S+)\s*$/i.exec(header ?? '');
  return match?.[1] ?? null;
}

/**
 * The key of a request; null without one. A bearer token decides alone: a wrong one is refused even when there is a
 * session.
 *
 * @throws AppError `unauthenticated` for a wrong token
 */
export async function keyOf(apiKeys: ApiKeyFinder, headers: Headers): Promise<FoundApiKey | null> {
  const authorization = headers.get('authorization');
  if (authorization === null) return null;
  const token = bearerToken(authorization);
  const key = token === null ? null : await apiKeys.find(token);
  if (key === null) throw new AppError('unauthenticated', 'The API key is not valid.');
  return key;
}

/**
 * The portal session that a request comes with; null for any other credential. It opens the two fronts that a frame needs
 * and nothing else: no address of the API, so that whoever copies it has less in their hands.
 *
 * @throws AppError `unauthenticated` when the session is over, `forbidden` at any other address
 */
export async function portalOf(app: App, headers: Headers, path: string): Promise<FoundPortalSession | null> {
  const token = bearerToken(headers.get('authorization'));
  if (token === null || !isPortalSession(token)) return null;
  const session = await findPortalSession(app, token);
  if (session === null) throw new AppError('unauthenticated', 'The session of this portal is over.');
  if (!portalPaths.test(path)) {
    throw new AppError('forbidden', 'The session of a portal is for its frame, not for the API.');
  }
  return session;
}

const portalPaths = /^\/api\/(trpc\/|live$|v1\/integrations\/[^/]+\/troubleshoot\/stream$)/;

/** Finds out who asks: the key, the portal, or the person whose session it is. */
export async function contextOf(
  app: App,
  key: FoundApiKey | FoundPortalSession | null,
  headers: Headers,
  facts: RequestFacts,
): Promise<Ctx> {
  // Written over whatever the client sent: the sign-in limits count by it.
  if (facts.ip === null) headers.delete(clientAddressHeader);
  else headers.set(clientAddressHeader, facts.ip);
  const request = { id: facts.id, ip: facts.ip, userAgent: headers.get('user-agent'), headers };
  if (key !== null && 'actor' in key) {
    return { app, actor: key.actor, organizationId: key.organizationId, request, cookies: [] };
  }
  if (key !== null) {
    return {
      app,
      actor: { type: 'api_key', id: key.id, name: key.name, scopes: key.scopes },
      organizationId: key.organizationId,
      request,
      cookies: [],
    };
  }
  const session = await app.identity.authenticate(headers);
  if (session === null) {
    return { app, actor: { type: 'anonymous' }, organizationId: null, request, cookies: [] };
  }
  return {
    app,
    actor: {
      type: 'user',
      id: session.userId,
      name: session.name,
      role: session.role,
      sessionId: session.sessionId,
      freshAt: session.freshAt,
      missing: session.missing,
      boundTo: session.boundTo,
    },
    organizationId: session.organizationId,
    request,
    cookies: [],
  };
}

/**
 * Refuses a change that another site's page makes with a person's cookie: by Sec-Fetch-Site where the browser
 * sends it, by Origin otherwise. Requests with an API key carry no cookie and pass. Our own addresses are the
 * public URL and, when it is an IP address or localhost, the request's `Host`; any other name may have been
 * pointed at us by somebody else (DNS rebinding).
 *
 * @throws AppError `cross_site_request`
 */
export function refuseCrossSite(method: string, headers: Headers, publicUrl: string): void {
  if (method === 'GET' || method === 'HEAD' || headers.has('authorization')) return;
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  const sameSite = site === null || site === 'same-origin' || site === 'none';
  const sameOrigin =
    origin === null || origin === new URL(publicUrl).origin || isOwnAddress(origin, headers.get('host'));
  if (!sameSite || !sameOrigin) {
    throw new AppError('cross_site_request', 'Open the page at its public URL and try again.');
  }
}

function isOwnAddress(origin: string, host: string | null): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return url.host === host && (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost'));
}
