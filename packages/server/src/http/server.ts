import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { allOperations } from '../bindings.ts';
import type { App, Ctx } from '../ctx.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { AppError } from '../errors.ts';
import type { ApiAccess } from '../modules/api-keys/api-access.ts';
import { clientAddress, contextOf, keyOf, portalOf, refuseCrossSite } from './context.ts';
import { docsPage, docsScript, errorPage } from './docs.ts';
import { OpenRequests } from './draining.ts';
import { EventConnections } from './event-connection.ts';
import { answerEvents } from './ingest-route.ts';
import { registerFrame } from './frame-route.ts';
import { registerInbound } from './inbound-route.ts';
import { KeyUse } from './key-use.ts';
import { liveTimes, openLiveStream } from './live-route.ts';
import type { LiveTimes } from './live-route.ts';
import { registerAuditExport } from './audit-export-route.ts';
import { registerLogExport } from './log-export-route.ts';
import { registerMethodNotAllowed } from './method-not-allowed.ts';
import { createMetrics } from './metrics.ts';
import { loggablePath, registerOAuthRoutes } from './oauth-routes.ts';
import { openApiDocument } from './openapi.ts';
import { isOurFault, problemOf } from './problem.ts';
import { answerProxy } from './proxy-route.ts';
import { beginRequest, endRequest, traced } from './request-span.ts';
import { registerRest } from './rest.ts';
import { securityHeadersOf } from './security-headers.ts';
import { registerSsoRoutes } from './sso-routes.ts';
import { serveStatic } from './static.ts';
import { registerTroubleshooting } from './troubleshoot-route.ts';
import { traceFields } from '../tracing/tracer.ts';
import type { Span } from '../tracing/tracer.ts';
import { handleTrpc, trpcEndpoint } from './trpc.ts';

interface Env {
  Bindings: HttpBindings;
  Variables: {
    ctx: Ctx;
    requestId: string;
    endpoint: string;
    errorCode: string;
    keyUse: KeyUse;
    framed: boolean;
    startedAt: number;
    /** Set once it is decided; null: it is not traced. */
    span: Span | null;
  };
}

export interface HttpServer {
  server: Server;
  /** The address that it listens on. */
  listen(port: number, host: string): Promise<{ port: number }>;
  /**
   * Unready at once: new requests of the API are refused with 503. Listens until the open ones have finished,
   * within the bound.
   */
  close(limitMs: number): Promise<void>;
}

/** The address that a request is for, as its route is written, also when it was refused before it got there. */
function addressOf(routes: readonly { method: string; path: string }[], method: string): string | undefined {
  const route = routes.find((each) => each.method === method && !each.path.includes('*'));
  return route && `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
}

/** Makes the one HTTP server of a process: API, tRPC, live stream, documentation, UI, health. */
export function createHttpServer(
  app: App,
  access: ApiAccess,
  options: { live?: LiveTimes; webRoot?: string } = {},
): HttpServer {
  const metrics = createMetrics(app);
  const closing = new AbortController();
  const open = new OpenRequests();
  const securityHeaders = securityHeadersOf(app.config.publicUrl);
  const document = JSON.stringify(openApiDocument(app.version));
  const hono = new Hono<Env>();

  const begin = (c: Context<Env>, traceparent: string | null): Span | null =>
    beginRequest(app, {
      method: c.req.method,
      id: c.get('requestId'),
      startedAt: c.get('startedAt'),
      traceparent,
    });
  /** Also of a request that was refused before anybody knew who asks; files of the UI and probes have none. */
  const spanOf = (c: Context<Env>): Span | null => {
    let span = c.get('span') as Span | null | undefined;
    if (span === undefined) c.set('span', (span = c.req.path.startsWith('/api/') ? begin(c, null) : null));
    return span;
  };

  hono.use(async (c, next) => {
    const requestId = `req_${app.newId()}`;
    c.set('requestId', requestId);
    const started = app.clock();
    c.set('startedAt', started);
    await next();
    const span = spanOf(c);
    c.header('x-request-id', requestId);
    // After a body that was not read to its end, the connection is of no more use.
    if (closing.signal.aborted || c.res.status === 413) c.header('connection', 'close');
    for (const [name, value] of Object.entries(securityHeaders)) {
      // Older than frame-ancestors, and it knows no lists.
      if (name === 'x-frame-options' && c.get('framed')) continue;
      if (!c.res.headers.has(name)) c.header(name, value);
    }
    const keyUse = c.get('keyUse') as KeyUse | undefined;
    const errorCode = (c.get('errorCode') as string | undefined) ?? null;
    if (keyUse || span !== null) {
      const endpoint = c.get('endpoint') ?? addressOf(matchedRoutes(c), c.req.method);
      endRequest(span, { endpoint, status: c.res.status, errorCode });
      if (keyUse) {
        for (const [name, value] of keyUse.limitHeaders()) c.header(name, value);
        keyUse.finish(endpoint ?? 'Unknown address', c.res.status, errorCode);
      }
    }
    if (c.req.path.startsWith('/api/')) {
      if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
      app.log.info(
        {
          requestId,
          method: c.req.method,
          path: loggablePath(c.req.path),
          status: c.res.status,
          ms: app.clock() - started,
          ...traceFields(span),
        },
        'request',
      );
    }
  });

  hono.onError((error, c) => {
    const requestId = c.get('requestId');
    if (isOurFault(error)) {
      const path = loggablePath(c.req.path);
      app.log.error({ err: error, requestId, path, ...traceFields(spanOf(c)) }, 'request failed');
    }
    const { problem, retryAfterSeconds } = problemOf(error, requestId);
    c.set('errorCode', problem.code);
    if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
    c.header('content-type', 'application/problem+json; charset=utf-8');
    return c.body(JSON.stringify(problem), problem.status as 500);
  });

  hono.get('/healthz', (c) => c.json({ status: 'ok' }));
  hono.get('/readyz', async (c) => {
    if (closing.signal.aborted) return c.json({ status: 'shutting down' }, 503);
    try {
      const pending = await pendingMigrations(app.pool);
      if (pending.length > 0) return c.json({ status: 'migrations are pending', pending }, 503);
      return c.json({ status: 'ready' });
    } catch {
      return c.json({ status: 'the database cannot be reached' }, 503);
    }
  });
  hono.get('/metrics', async (c) => {
    c.header('content-type', metrics.contentType);
    return c.body(await metrics.metrics());
  });
  hono.get('/api/openapi.json', (c) => {
    c.header('content-type', 'application/json; charset=utf-8');
    return c.body(document);
  });
  hono.get('/docs', () => docsPage());
  hono.get('/docs/rapidoc.js', () => docsScript());
  hono.get('/docs/errors/:code', async (c) => {
    const response = await errorPage(c.req.param('code'));
    if (response) return response;
    throw new AppError('not_found', 'There is no such error code.');
  });

  // Before what knows of sessions and API keys: what comes in here proves itself by its signature.
  registerInbound(hono as unknown as Parameters<typeof registerInbound>[0], app, () => {
    if (closing.signal.aborted) throw shuttingDown();
  });

  hono.use('/api/*', async (c, next) => {
    const startedAt = app.clock();
    if (closing.signal.aborted) throw shuttingDown();
    refuseCrossSite(c.req.method, c.req.raw.headers, app.config.publicUrl);
    const headers = new Headers(c.req.raw.headers);
    const facts = { id: c.get('requestId'), ip: clientAddress(c.env.incoming, app.config.trustProxy) };
    const portal = await portalOf(app, headers, c.req.path);
    const key = portal === null ? await keyOf(access.keys, headers) : null;
    if (key !== null) {
      const keyUse = new KeyUse(access, key, { ...facts, startedAt, userAgent: headers.get('user-agent') });
      c.set('keyUse', keyUse);
      await keyUse.enter();
    }
    const ctx = await contextOf(app, portal ?? key, headers, facts);
    // Whoever comes through the portal is a stranger's customer.
    const isKnown = ctx.actor.type === 'api_key' || ctx.actor.type === 'user';
    c.set('span', begin(c, isKnown ? headers.get('traceparent') : null));
    c.set('ctx', traced(ctx, c.get('span')));
    await next();
  });
  hono.get('/api/live', (c) => {
    c.set('endpoint', 'GET /api/live');
    const ctx = c.get('ctx');
    const signal = AbortSignal.any([closing.signal, c.req.raw.signal]);
    return openLiveStream(
      app,
      ctx,
      async () => {
        if (ctx.actor.type === 'portal') {
          return (await portalOf(app, ctx.request.headers, c.req.path).catch(() => null)) !== null;
        }
        const session = await app.identity.authenticate(ctx.request.headers);
        return session !== null && session.organizationId === ctx.organizationId;
      },
      signal,
      options.live ?? liveTimes,
    );
  });
  hono.all('/api/trpc/*', (c) => {
    const ctx = c.get('ctx');
    c.set('endpoint', trpcEndpoint(c.req.raw));
    return handleTrpc(c.req.raw, ctx, (error) => {
      if (isOurFault(error)) ctx.app.log.error({ err: error, requestId: ctx.request.id }, 'request failed');
    });
  });
  hono.all('/api/v1/proxy/*', (c) => answerProxy(c.get('ctx'), c.req.raw));
  registerOAuthRoutes(hono as unknown as Parameters<typeof registerOAuthRoutes>[0], app);
  registerSsoRoutes(hono as unknown as Parameters<typeof registerSsoRoutes>[0], app);
  registerAuditExport(hono as unknown as Parameters<typeof registerLogExport>[0]);
  registerLogExport(hono as unknown as Parameters<typeof registerLogExport>[0]);
  registerTroubleshooting(hono as unknown as Parameters<typeof registerTroubleshooting>[0]);
  registerRest(hono as unknown as Parameters<typeof registerRest>[0]);
  const restRoutes = allOperations.flatMap((operation) => operation.rest);
  registerMethodNotAllowed(hono as unknown as Hono, restRoutes);
  hono.all('/api/*', (c) => {
    throw new AppError('not_found', `There is nothing at ${c.req.method} ${c.req.path}.`);
  });
  registerFrame(hono as unknown as Parameters<typeof registerFrame>[0], app, options.webRoot);
  hono.get('*', async (c) => {
    const response = await serveStatic(c.req.path, c.req.header('accept-encoding'), options.webRoot);
    if (response) return response;
    throw new AppError('not_found', `There is nothing at ${c.req.path}.`);
  });
  hono.all('*', (c) => {
    throw new AppError('not_found', `There is nothing at ${c.req.method} ${c.req.path}.`);
  });

  const listener = getRequestListener((request, env) => hono.fetch(request, env), {
    overrideGlobalObjects: false,
    // The request line or the Host header made no URL.
    errorHandler: () => new Response(null, { status: 400, headers: securityHeaders }),
  });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    open.add(response);
    void listener(request, response);
  });
  const events = new EventConnections(server, {
    answer: (request, body, remoteAddress) => answerEvents(app, access, request, body, remoteAddress),
    requests: open,
    closing: () => closing.signal.aborted,
  });
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 20_000;
  server.requestTimeout = 60_000;

  return {
    server,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          const address = server.address();
          resolve({ port: typeof address === 'object' && address !== null ? address.port : port });
        });
      }),
    close: async (limitMs) => {
      closing.abort();
      await open.finished(limitMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        events.destroy();
      });
    },
  };
}

function shuttingDown(): AppError {
  return new AppError('shutting_down', 'This node is shutting down. Send the request again.', {
    retryAfterSeconds: 1,
  });
}
