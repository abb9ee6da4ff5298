import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { CheckProblem } from '@trunkline/contract/checks';
import { proxy as operation } from '@trunkline/contract/proxy';
import { authorize } from '../../authorize.ts';
import { callSpan } from '../../connections/call-span.ts';
import { calledAt } from '../../connections/called.ts';
import type { Called } from '../../connections/called.ts';
import { ConnectionFault } from '../../connections/connection-fault.ts';
import type { Connection } from '../../connections/connection.ts';
import { TemplateError } from '../../connections/fill-template.ts';
import { limitWords } from '../../connections/limits.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import type { TokenValues } from '../../connections/provider-request.ts';
import { passedOn, proxyRequest } from '../../connections/proxy-request.ts';
import type { ProxiedCall } from '../../connections/proxy-request.ts';
import { signRequest } from '../../connections/sign-request.ts';
import { problemOf } from '../../connections/steps.ts';
import { tokenSourceOf } from '../../connections/token-source.ts';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { inOrganization, tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { EgressError } from '../../lib/egress/errors.ts';
import { requestStream } from '../../lib/egress/streamed-request.ts';
import { inSpan } from '../../tracing/tracer.ts';
import { noteHealth } from './note-health.ts';
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
 * neither kept nor logged. A token that is refused is renewed once, where nothing has to be sent again. A provider that
 * answers 429 throttles the integration, and that ends with the next call that it takes.
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
  const { connection, throttled } = await inOrganization(ctx, async (tx) => ({
    connection: await usable(app, tx, input.integrationId),
    throttled: await isThrottled(tx, input.integrationId),
  }));
  await requireAdmission(app, connection);
  const [startedAt, beganAt] = [app.dialer.clock(), app.clock()];
  let called: Called | null = null;
  try {
    const answer = await send(app, connection, input, (url) => (called = calledAt(url)));
    const { status, headers } = answer;
    const problem = status === 429 ? throttledProblem(connection) : null;
    note(app, connection, input, { startedAt, status, called: answer.called, problem, error: null });
    if (problem !== null || (throttled && status < 400)) {
      await noteThrottling(app, connection, problem, beganAt);
    }
    return { status, headers: passedOn(Object.entries(headers)), body: answer.body };
  } catch (error) {
    if (error instanceof TemplateError) throw new AppError('invalid_input', error.message);
    if (!(error instanceof EgressError) && !(error instanceof ConnectionFault)) throw error;
    note(app, connection, input, { startedAt, status: null, called, problem: null, error });
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

/** Whether what is known of the integration is that its provider takes no more calls for now. */
async function isThrottled(tx: Tx, integrationId: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM integration_health
     WHERE organization_id = current_organization() AND integration_id = $1 AND problem ->> 'fault' = 'rateLimit'`,
    [integrationId],
  );
  return rows.length > 0;
}

/** What a 429 stands for; its body is the caller's alone, so that the provider's own words do not count. */
function throttledProblem({ provider }: Connection): CheckProblem {
  return problemOf(provider, { status: 429, text: '', mayHaveArrived: false, readOnly: true });
}

/** The caller has its answer whether that can be noted or not. */
async function noteThrottling(
  app: App,
  connection: Connection,
  problem: CheckProblem | null,
  beganAt: number,
): Promise<void> {
  const { organizationId, integrationId } = connection;
  await tenantTransaction(app.pool, organizationId, (tx) =>
    noteHealth(app, tx, connection, problem, beganAt),
  ).catch((error: unknown) =>
    app.log.warn({ err: error, integrationId }, 'a throttled call could not be noted of its integration'),
  );
}

type OnCall = (url: string) => void;
type CalledAnswer = ProxyAnswer & { called: Called };

async function send(
  app: App,
  connection: Connection,
  input: ProxyInput,
  onCall: OnCall,
): Promise<CalledAnswer> {
  const source = tokenSourceOf(app, connection);
  const token = source === undefined ? null : await source();
  const signed = connection.auth.type === 'signed';
  const whole = signed && input.body !== null ? await input.readBody() : null;
  const body = signed ? whole : input.body;
  const first = await exchange(app, connection, input, { token, body, onCall });
  if (first.status !== 401 || source === undefined || token === null || input.body !== null) return first;
  first.body.destroy();
  const renewed = await source(token.accessToken);
  return exchange(app, connection, input, { token: renewed, body: null, onCall });
}

async function exchange(
  app: App,
  connection: Connection,
  { method, path, search, headers }: ProxyInput,
  { token, body, onCall }: { token: TokenValues | null; body: Buffer | Readable | null; onCall: OnCall },
): Promise<CalledAnswer> {
  const whole = Buffer.isBuffer(body) ? body : null;
  const call = { method, path, search, headers: passedOn(Object.entries(headers)), body: whole };
  const request = await signRequest(app, connection, proxyRequest(connection, call, token));
  const url = app.reroute(connection.provider.slug, request.url);
  const timeoutMs = app.config.attemptTimeoutSeconds * 1000;
  onCall(request.url);
  // It ends with the head of the answer: the body goes on to the caller as it comes.
  const answer = await inSpan(app, callSpan(connection, request), async (_app, span) => {
    const head = await requestStream(
      { url, method, headers: request.headers, body },
      { dialer: app.dialer, limits: { totalMs: 2 * timeoutMs, stepMs: timeoutMs } },
    );
    span?.set({ 'http.response.status_code': head.status });
    if (head.status >= 400) span?.fail(String(head.status));
    return head;
  });
  return { ...answer, called: calledAt(request.url, answer.headers) };
}

function note(
  app: App,
  { organizationId, integrationId, name }: Connection,
  { method }: ProxyInput,
  {
    startedAt,
    status,
    called,
    problem,
    error,
  }: {
    startedAt: number;
    status: number | null;
    called: Called | null;
    problem: CheckProblem | null;
    error: Error | null;
  },
): void {
  const durationMs = app.dialer.clock() - startedAt;
  const ok = status !== null && status < 500 && status !== 401 && status !== 403 && status !== 429;
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
      host: called?.host,
      requestId: called?.requestId ?? undefined,
      ...(error && { error: { message: error.message } }),
      ...(problem && { error: { code: problem.fault, message: problem.title } }),
    },
  });
  app.measures.add({
    organizationId,
    integrationId,
    kind: 'call',
    ok,
    durationMs,
    ...(problem && {
      fault: problem.fault,
      failure: { problem, code: String(status), message: problem.title },
    }),
  });
}
