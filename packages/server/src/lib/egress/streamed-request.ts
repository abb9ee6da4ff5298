import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CheckLog } from '../check-log.ts';
import { createScrub } from '../scrub.ts';
import { portOf } from './check-url.ts';
import { Deadline } from './deadline.ts';
import type { Limits } from './deadline.ts';
import { EgressError } from './errors.ts';
import type { Dialer } from './tcp.ts';

/** A request whose body and answer may be large. */
export interface StreamedRequest {
  /** `https:`, or `http:` to an address of the allow list. */
  url: string;
  method: string;
  /** Without `host`. */
  headers: Readonly<Record<string, string>>;
  body: Buffer | Readable | null;
}

export interface StreamedAnswer {
  status: number;
  /** Names in lower case; repeated ones joined by a comma, as far as that is allowed. */
  headers: Readonly<Record<string, string>>;
  /** To be read or destroyed. */
  body: IncomingMessage;
}

/**
 * Sends a request over a guarded connection of its own and gives the answer as soon as its head is there. Redirects are
 * not followed. A connection is never used twice: one that the other side has just closed would leave in doubt whether a
 * request was carried out.
 *
 * @throws EgressError; `sent` says whether the request may have arrived
 */
export async function requestStream(
  request: StreamedRequest,
  options: { dialer: Dialer; limits: Limits; signal?: AbortSignal },
): Promise<StreamedAnswer> {
  const { dialer, limits, signal } = options;
  const url = readUrl(request.url);
  const deadline = new Deadline(limits, dialer.clock, signal);
  const target = {
    host: url.hostname,
    port: portOf(url),
    tls: url.protocol === 'https:',
    alpn: ['http/1.1'],
  };
  const socket = await dialer.open(target, deadline, new CheckLog([], createScrub([]), dialer.clock));
  const outgoing = httpRequest({
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: { ...request.headers, host: url.host, connection: 'close' },
    createConnection: () => socket,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', (error) => reject(failure(error)));
  });
  const { body } = request;
  if (body === null || Buffer.isBuffer(body)) outgoing.end(body ?? undefined);
  // A failure to read the body ends the request, and is told through it.
  else pipeline(body, outgoing).catch(() => outgoing.destroy());
  try {
    const answer = await deadline.limit(answered, 'No answer in time.');
    answer.on('error', () => undefined);
    return { status: answer.statusCode ?? 0, headers: flat(answer), body: answer };
  } catch (error) {
    outgoing.destroy();
    // It was under way: whatever went wrong, it may have arrived.
    throw error instanceof EgressError && !error.sent
      ? new EgressError(error.code, error.message, true, error.reason)
      : error;
  }
}

/**
 * Reads an answer to its end.
 *
 * @throws EgressError `timeout`, `reset`, or `too_large`
 */
export async function readAnswer(
  body: IncomingMessage,
  limits: { bytes: number; ms: number },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(
    () => body.destroy(new EgressError('timeout', 'No complete answer in time.', true)),
    limits.ms,
  );
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limits.bytes) {
        throw new EgressError('too_large', 'The answer is larger than it may be.', true);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw failure(error);
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
}

function readUrl(url: string): URL {
  if (!URL.canParse(url)) throw new EgressError('protocol', 'This is not an address.');
  return new URL(url);
}

function failure(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code.startsWith('HPE_')
    ? new EgressError('protocol', 'The answer is not valid HTTP.', true)
    : new EgressError('reset', 'The connection was closed before the answer was complete.', true);
}

function flat({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
