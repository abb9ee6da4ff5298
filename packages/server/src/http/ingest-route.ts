import type { IncomingMessage, ServerResponse } from 'node:http';
import { EventInput, maxEventsPerRequest } from '@trunkline/contract/events';
import { z } from 'zod';
import type { App, Ctx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import type { ApiKeyFinder } from '../modules/api-keys/find-api-key.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { eventsBodyLimit, tooLarge } from './body.ts';
import { bearerToken, clientAddress } from './context.ts';
import { isOurFault, problemOf } from './problem.ts';
import { parseJson } from './rest.ts';
import { securityHeaders } from './security-headers.ts';

const noHeaders = new Headers();
const answerHeaders = { ...securityHeaders, 'cache-control': 'no-store' };
/** A machine reads this answer, no browser: what tells a page what it may load would only be weight. */
const acceptedHeaders = [
  'content-type',
  'application/json; charset=utf-8',
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
];
const EventBatch = z.array(EventInput).min(1).max(maxEventsPerRequest);

/**
 * Whether a request takes the short way: events with an API key and nothing that needs the general front.
 * It saves the conversion to web-standard requests, a third of the work for an event.
 */
export function takesShortWay(request: IncomingMessage): boolean {
  return (
    request.method === 'POST' &&
    request.url === '/api/v1/events' &&
    request.headers['idempotency-key'] === undefined &&
    request.headers.authorization !== undefined
  );
}

/** `POST /api/v1/events` without detours: read, check, store, 202. The same verb as every other front. */
export async function handleEvents(
  app: App,
  apiKeys: ApiKeyFinder,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = `req_${app.newId()}`;
  try {
    const raw = await readRaw(request);
    const token = bearerToken(request.headers.authorization);
    const key = token === null ? null : await apiKeys.find(token);
    if (key === null) throw new AppError('unauthenticated', 'The API key is not valid.');
    const ctx: Ctx = {
      app,
      actor: { type: 'api_key', id: key.id, name: key.name },
      organizationId: key.organizationId,
      request: {
        id: requestId,
        ip: clientAddress(request, app.config.trustProxy),
        userAgent: request.headers['user-agent'] ?? null,
        headers: noHeaders,
      },
      cookies: [],
    };
    const body = parseJson(raw, request.headers['content-type']);
    const input = Array.isArray(body) ? EventBatch.parse(body) : EventInput.parse(body);
    const accepted = JSON.stringify(await sendEvents(ctx, input));
    response.writeHead(202, [
      ...acceptedHeaders,
      'content-length',
      String(Buffer.byteLength(accepted)),
      'x-request-id',
      requestId,
    ]);
    response.end(accepted);
  } catch (error) {
    const { problem, retryAfterSeconds } = problemOf(error, requestId);
    if (isOurFault(error)) app.log.error({ err: error, requestId }, 'events were not accepted');
    const text = JSON.stringify(problem);
    response.writeHead(problem.status, {
      ...answerHeaders,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'x-request-id': requestId,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(problem.status === 413 ? { connection: 'close' } : {}),
    });
    response.end(text);
  }
}

function readRaw(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > eventsBodyLimit) {
        request.removeAllListeners('data');
        request.resume();
        reject(tooLarge(eventsBodyLimit));
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () =>
      resolve(chunks.length === 1 ? chunks[0]!.toString('utf8') : Buffer.concat(chunks).toString('utf8')),
    );
    // Nobody reads this answer: the caller hung up. It is no fault of ours.
    request.on('error', () => reject(new AppError('malformed_json', 'The body was cut off.')));
  });
}
