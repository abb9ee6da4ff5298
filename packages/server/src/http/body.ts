import { AppError } from '../errors.ts';

export const bodyLimit = 1_048_576;
export const eventsBodyLimit = 8 * 1_048_576;

/**
 * Reads a request's body as text, up to a number of bytes.
 *
 * @throws AppError `payload_too_large`
 */
export async function readBody(request: Request, limit: number): Promise<string> {
  return (await readBytes(request, limit)).toString('utf8');
}

/**
 * Reads a request's body, up to a number of bytes. `admit` is told of each piece before it is kept, and may throw.
 *
 * @throws AppError `payload_too_large`
 */
export async function readBytes(
  request: Request,
  limit: number,
  admit: (bytes: number) => void = () => {},
): Promise<Buffer> {
  if (request.method === 'GET' || request.method === 'HEAD' || request.body === null) return Buffer.alloc(0);
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge(limit);
    }
    admit(value.length);
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

export function tooLarge(limit: number): AppError {
  return new AppError('payload_too_large', `The body has more than ${limit} bytes.`);
}

/** The same request, whose body ends with `error` when it has more than `limit` bytes. */
export function limitBody(request: Request, limit: number, error: () => Error): Request {
  if (request.method === 'GET' || request.method === 'HEAD' || request.body === null) return request;
  let size = 0;
  const body = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.length;
        if (size > limit) controller.error(error());
        else controller.enqueue(chunk);
      },
    }),
  );
  const { url, method, headers } = request;
  return new Request(url, { method, headers, body, duplex: 'half' });
}
