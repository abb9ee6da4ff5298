import { STATUS_CODES } from 'node:http';
import { EventInput, maxEventsPerRequest } from '@trunkline/contract/events';
import { z } from 'zod';
import type { App, Ctx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import type { ApiKeyFinder } from '../modules/api-keys/find-api-key.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { bearerToken, forwardedAddress } from './context.ts';
import type { RawAnswer } from './event-connection.ts';
import type { EventRequest } from './event-request.ts';
import { isOurFault, problemOf } from './problem.ts';
import { parseJson } from './rest.ts';
import { securityHeaders } from './security-headers.ts';

const noHeaders = new Headers();
const refusedHeaders = Object.entries(securityHeaders)
  .map(([name, value]) => `${name}: ${value}`)
  .join('\r\n');
/** A machine reads this answer, no browser: what tells a page what it may load would only be weight. */
const acceptedHeaders = 'x-content-type-options: nosniff';
const EventBatch = z.array(EventInput).min(1).max(maxEventsPerRequest);

/** `POST /api/v1/events` on the short way: check, store, 202. The same verb as every other front. Never rejects. */
export async function answerEvents(
  app: App,
  apiKeys: ApiKeyFinder,
  request: EventRequest,
  raw: string,
  remoteAddress: string | null,
): Promise<RawAnswer> {
  const requestId = `req_${app.newId()}`;
  try {
    const token = bearerToken(request.authorization);
    const key = token === null ? null : (apiKeys.recall(token) ?? (await apiKeys.find(token)));
    if (key === null) throw new AppError('unauthenticated', 'The API key is not valid.');
    const ctx: Ctx = {
      app,
      actor: { type: 'api_key', id: key.id, name: key.name },
      organizationId: key.organizationId,
      request: {
        id: requestId,
        ip: (app.config.trustProxy ? forwardedAddress(request.forwardedFor) : null) ?? remoteAddress,
        userAgent: request.userAgent,
        headers: noHeaders,
      },
      cookies: [],
    };
    const body = parseJson(raw, request.contentType);
    const input = Array.isArray(body) ? EventBatch.parse(body) : EventInput.parse(body);
    const accepted = JSON.stringify(await sendEvents(ctx, input));
    // Ids and flags: as many bytes as characters.
    const head = headOf(app, '202 Accepted', 'application/json', acceptedHeaders, accepted.length, requestId);
    return { head, body: accepted };
  } catch (error) {
    const { problem, retryAfterSeconds } = problemOf(error, requestId);
    if (isOurFault(error)) app.log.error({ err: error, requestId }, 'events were not accepted');
    const text = JSON.stringify(problem);
    const status = `${problem.status} ${STATUS_CODES[problem.status] ?? ''}`;
    const head = headOf(
      app,
      status,
      'application/problem+json',
      refusedHeaders,
      Buffer.byteLength(text),
      requestId,
    );
    return {
      head: retryAfterSeconds === undefined ? head : `${head}\r\nretry-after: ${retryAfterSeconds}`,
      body: text,
    };
  }
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
