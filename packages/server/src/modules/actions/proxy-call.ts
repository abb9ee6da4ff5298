import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { proxy as operation } from '@trunkline/contract/proxy';
import { authorize } from '../../authorize.ts';
import { ConnectionFault } from '../../connections/connection-fault.ts';
import type { Connection } from '../../connections/connection.ts';
import { TemplateError } from '../../connections/fill-template.ts';
import { limitWords } from '../../connections/limits.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import type { TokenValues } from '../../connections/provider-request.ts';
import { passedOn, proxyRequest } from '../../connections/proxy-request.ts';
import type { ProxiedCall } from '../../connections/proxy-request.ts';
import { signRequest } from '../../connections/sign-request.ts';
import { tokenSourceOf } from '../../connections/token-source.ts';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { EgressError } from '../../lib/egress/errors.ts';
import { requestStream } from '../../lib/egress/streamed-request.ts';
import { longestTurnMs } from './rules.ts';

export interface ProxyInput extends Omit<ProxiedCall, 'body'> {
  integrationId: string;
  /** Read as it is sent on; null when there is none. */
  body: Readable | null;
  /** The whole body, for providers whose calls are signed. */
  readBody: () => Promise<Buffer>;
}

export interface ProxyAnswer {
  status: number;
  headers: Record<string, string>;
  body: IncomingMessage;
}

/**
 * Calls a provider's own API with the stored credentials (ACT-3), for programs. Bodies stream through both ways and are
 * neither kept nor logged. A token that is refused is renewed once, where nothing has to be sent again.
 *
 * @throws AppError `forbidden`, `not_found`, `integration_disabled`, `integration_not_connected`, `call_limit_reached`,
 *   `invalid_input` for a path that could lead elsewhere, `provider_failed` when no answer came
 */
export async function proxyCall(ctx: Ctx, input: ProxyInput): Promise<ProxyAnswer> {
  authorize(ctx, operation);
  // What a provider answers is not shown under our own address to a browser that is signed in here.
  if (ctx.actor.type === 'user')
    throw new AppError('forbidden', 'The proxy is for programs: send the API key.');
  const { app } = ctx;
  const connection = await inOrganization(ctx, (tx) => usable(app, tx, input.integrationId));
  await requireAdmission(app, connection);
  const startedAt = app.dialer.clock();
  try {
    const answer = await send(app, connection, input);
    note(app, connection, input, startedAt, answer.status, null);
    return { ...answer, headers: passedOn(Object.entries(answer.headers)) };
  } catch (error) {
    if (error instanceof TemplateError) throw new AppError('invalid_input', error.message);
    if (!(error instanceof EgressError) && !(error instanceof ConnectionFault)) throw error;
    note(app, connection, input, startedAt, null, error);
    throw new AppError('provider_failed', error.message, { cause: error });
  }
}

async function usable(app: App, tx: Tx, integrationId: string): Promise<Connection> {
  const connection = await loadConnection(app, tx, integrationId);
  const { enabled, connected, provider } = connection;
  if (!enabled) throw new AppError('integration_disabled', 'Switch the integration on first.');
  if (!connected) throw new AppError('integration_not_connected', 'Connect the integration first.');
  if (provider.baseUrl === null) throw new AppError('conflict', `${provider.name} has no HTTP API.`);
  return connection;
}

/** Counts the call. It waits for its turn within a second; a call over another limit is always refused, as a stream cannot wait. */
async function requireAdmission(app: App, connection: Connection): Promise<void> {
  const admission = await app.calls.take(connection, longestTurnMs);
  if (admission.admitted) return;
  const retryAfterSeconds = Math.ceil(admission.retryAfterMs / 1000);
  throw new AppError('call_limit_reached', limitWords(connection.name, admission), { retryAfterSeconds });
}

async function send(app: App, connection: Connection, input: ProxyInput): Promise<ProxyAnswer> {
  const source = tokenSourceOf(app, connection);
  const token = source === undefined ? null : await source();
  const signed = connection.auth.type === 'signed';
  const whole = signed && input.body !== null ? await input.readBody() : null;
  const body = signed ? whole : input.body;
  const first = await exchange(app, connection, input, token, body);
  if (first.status !== 401 || source === undefined || token === null || input.body !== null) return first;
  first.body.destroy();
  return exchange(app, connection, input, await source(token.accessToken), null);
}

async function exchange(
  app: App,
  connection: Connection,
  { method, path, search, headers }: ProxyInput,
  token: TokenValues | null,
  body: Buffer | Readable | null,
): Promise<ProxyAnswer> {
  const whole = Buffer.isBuffer(body) ? body : null;
  const call = { method, path, search, headers: passedOn(Object.entries(headers)), body: whole };
  const request = await signRequest(app, connection, proxyRequest(connection, call, token));
  const url = app.reroute(connection.provider.slug, request.url);
  const timeoutMs = app.config.attemptTimeoutSeconds * 1000;
  return requestStream(
    { url, method, headers: request.headers, body },
    { dialer: app.dialer, limits: { totalMs: 2 * timeoutMs, stepMs: timeoutMs } },
  );
}

function note(
  app: App,
  { organizationId, integrationId, name }: Connection,
  { method }: ProxyInput,
  startedAt: number,
  status: number | null,
  error: Error | null,
): void {
  const durationMs = app.dialer.clock() - startedAt;
  const ok = status !== null && status < 500 && status !== 401 && status !== 403;
  app.logs.write({
    organizationId,
    integrationId,
    source: 'action',
    level: ok ? 'info' : 'warn',
    event: 'action.proxied',
    message: `A ${method} through ${name} ${status === null ? 'got no answer' : `was answered ${status}`}.`,
    details: {
      method,
      status,
      durationMs: Math.round(durationMs),
      ...(error && { error: { message: error.message } }),
    },
  });
  app.measures.add({ organizationId, integrationId, kind: 'call', ok, durationMs });
}
