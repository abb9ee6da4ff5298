import { Readable, Transform } from 'node:stream';
import { Id } from '@trunkline/contract/common';
import type { Ctx } from '../ctx.ts';
import { AppError, notFound } from '../errors.ts';
import { proxyCall } from '../modules/actions/proxy-call.ts';
import { tooLarge } from './body.ts';

const prefix = '/api/v1/proxy/';
/** What may go through in one call, in bytes. */
const largestRequest = 32 * 1_048_576;
const largestAnswer = 64 * 1_048_576;
/** For providers whose calls are signed, which takes the whole body. */
const largestSigned = 8 * 1_048_576;
/** How long a body may stand still. */
const idleMs = 30_000;

/**
 * Passes a request on to a provider's own API and its answer back, both as streams within bounds. The path is taken as it
 * came, still percent-encoded, and judged below.
 */
export async function answerProxy(ctx: Ctx, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const rest = url.pathname.slice(prefix.length);
  const slash = rest.indexOf('/');
  const integrationId = slash < 0 ? rest : rest.slice(0, slash);
  if (!Id.safeParse(integrationId).success) throw notFound('integration');
  const body =
    request.body === null || request.method === 'GET' || request.method === 'HEAD'
      ? null
      : Readable.fromWeb(request.body).pipe(bounded(largestRequest));
  const answer = await proxyCall(ctx, {
    integrationId,
    method: request.method,
    path: slash < 0 ? '/' : rest.slice(slash),
    search: url.search,
    headers: Object.fromEntries(request.headers),
    body,
    readBody: () => readWhole(body),
  });
  const { status, headers } = answer;
  if (request.method === 'HEAD' || status === 204 || status === 304) {
    answer.body.destroy();
    return new Response(null, { status, headers });
  }
  answer.body.setTimeout(idleMs, () => answer.body.destroy());
  const limited = answer.body.pipe(bounded(largestAnswer));
  answer.body.once('close', () => {
    if (!answer.body.complete) limited.destroy();
  });
  return new Response(Readable.toWeb(limited) as ReadableStream, {
    status,
    headers: {
      ...headers,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    },
  });
}

/** Lets so many bytes through, then ends with an error. */
function bounded(most: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > most ? tooLarge(most) : null, chunk);
    },
  }).on('error', () => undefined);
}

async function readWhole(body: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of (body ?? Readable.from([])) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestSigned)
      throw new AppError('payload_too_large', 'A call that is signed takes 8 MiB at most.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
