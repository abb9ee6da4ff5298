import { STATUS_CODES } from 'node:http';
import { EventInput, maxEventsPerRequest, sendEvents as operation } from '@trunkline/contract/events';
import { z } from 'zod';
import { authorize } from '../authorize.ts';
import type { App, Ctx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import { parseExact } from '../lib/exact-json.ts';
import type { ApiAccess } from '../modules/api-keys/api-access.ts';
import type { FoundApiKey } from '../modules/api-keys/find-api-key.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { traceFields } from '../tracing/tracer.ts';
import type { Span } from '../tracing/tracer.ts';
import { asVerb } from '../verb.ts';
import type { Admission } from '../modules/limits/limiter.ts';
import { bearerToken, forwardedAddress } from './context.ts';
import type { RawAnswer } from './event-connection.ts';
import type { EventRequest } from './event-request.ts';
import { limitHeaderLines, rateLimited } from './limit-headers.ts';
import { isOurFault, problemOf } from './problem.ts';
import { beginRequest, endRequest, traced } from './request-span.ts';
import { parseJson } from './rest.ts';
import { securityHeadersOf } from './security-headers.ts';

const noHeaders = new Headers();
/** A machine reads this answer, no browser: what tells a page what it may load would only be weight. */
const acceptedHeaders = 'x-content-type-options: nosniff';
const EventBatch = z.array(EventInput).min(1).max(maxEventsPerRequest);

/** As `registerRest` names it, so that both ways are counted as one. */
const endpoint = 'POST /api/v1/events';

/**
 * `POST /api/v1/events` on the short way: check, store, 202. The same verb, limits and counts as on every other front.
 * Never rejects.
 */
export async function answerEvents(
  app: App,
  access: ApiAccess,
  request: EventRequest,
  raw: string,
  remoteAddress: string | null,
): Promise<RawAnswer> {
  const startedAt = app.clock();
  const requestId = `req_${app.newId()}`;
  const ip = (app.config.trustProxy ? forwardedAddress(request.forwardedFor) : null) ?? remoteAddress;
  let key: FoundApiKey | null = null;
  let admission: Admission | null = null;
  let span: Span | null = null;
  let isKnown = false;
  const count = (status: number, errorCode: string | null): void => {
    if (key === null) return;
    access.usage.add({
      keyId: key.id,
      organizationId: key.organizationId,
      endpoint,
      status,
      startedAt,
      errorCode,
      throttledBy: admission === null || admission.admitted ? null : admission.state.quota,
      ip,
      userAgent: request.userAgent,
      requestId,
    });
  };
  try {
    const token = bearerToken(request.authorization);
    key = token === null ? null : (access.keys.recall(token) ?? (await access.keys.find(token)));
    if (key === null) throw new AppError('unauthenticated', 'The API key is not valid.');
    access.requireUsable(key, ip);
    const taken = access.admit(key);
    admission = taken instanceof Promise ? await taken : taken;
    if (admission !== null && !admission.admitted) throw rateLimited(admission);
    if (app.tracer !== null) {
      isKnown = true;
      const { traceparent } = request;
      span = beginRequest(app, { method: 'POST', id: requestId, startedAt, traceparent });
    }
    const plain: Ctx = {
      app,
      actor: { type: 'api_key', id: key.id, name: key.name, scopes: key.scopes },
      organizationId: key.organizationId,
      request: { id: requestId, ip, userAgent: request.userAgent, headers: noHeaders },
      cookies: [],
    };
    const ctx = span === null ? plain : traced(plain, span);
    authorize(ctx, operation); // Before the input, as everywhere: what a key may not do tells it nothing.
    const body = parseJson(raw, request.contentType, parseExact);
    const input = Array.isArray(body) ? EventBatch.parse(body) : EventInput.parse(body);
    const accepted = JSON.stringify(await (span === null ? sendEvents(ctx, input) : sendTraced(ctx, input)));
    count(202, null);
    endRequest(span, { endpoint, status: 202, errorCode: null });
    // Ids and flags: as many bytes as characters.
    const head = headOf(app, '202 Accepted', 'application/json', acceptedHeaders, accepted.length, requestId);
    return { head: admission === null ? head : head + limitHeaderLines(admission), body: accepted };
  } catch (error) {
    const { problem, retryAfterSeconds } = problemOf(error, requestId);
    // Whoever was refused before is not believed what it says of its own trace.
    if (!isKnown) span = beginRequest(app, { method: 'POST', id: requestId, startedAt, traceparent: null });
    if (isOurFault(error))
      app.log.error({ err: error, requestId, ...traceFields(span) }, 'events were not accepted');
    count(problem.status, problem.code);
    endRequest(span, { endpoint, status: problem.status, errorCode: problem.code });
    const text = JSON.stringify(problem);
    const status = `${problem.status} ${STATUS_CODES[problem.status] ?? ''}`;
    let head = headOf(
      app,
      status,
      'application/problem+json',
      refusedHeaders(app),
      Buffer.byteLength(text),
      requestId,
    );
    if (admission !== null) head += limitHeaderLines(admission);
    if (retryAfterSeconds !== undefined) head += `\r\nretry-after: ${retryAfterSeconds}`;
    return { head, body: text };
  }
}

/** Apart, so that requests without a span make no closure. */
function sendTraced(ctx: Ctx, input: Parameters<typeof sendEvents>[1]): ReturnType<typeof sendEvents> {
  return asVerb(ctx, operation.procedure, (inner) => sendEvents(inner, input));
}

function refusedHeaders({ config }: App): string {
  return Object.entries(securityHeadersOf(config.publicUrl))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n');
}

function headOf(
  app: App,
  status: string,
  type: string,
  more: string,
  length: number,
  requestId: string,
): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}; charset=utf-8\r\ncache-control: no-store\r\n${more}\r\ncontent-length: ${length}\r\nx-request-id: ${requestId}\r\ndate: ${dateText(app.clock())}\r\nconnection: keep-alive`;
}

let dateSecond = NaN;
let dateOfSecond = '';

/** The `date` header, made once a second. */
function dateText(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateOfSecond = new Date(now).toUTCString();
  }
  return dateOfSecond;
}
