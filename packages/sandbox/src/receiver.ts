import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request that the receiver got. */
export interface ReceivedRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
  at: string;
  answeredWith: number;
}

export interface Receiver {
  url: string;
  port: number;
  /** Newest last, at most the latest thousand. */
  requests: ReceivedRequest[];
  close(): Promise<void>;
}

const kept = 1000;
const bodyLimit = 1_048_576;
const slowMs = 4_000;

/**
 * A small endpoint that receives webhooks and answers as its path says: `/ok`, `/fail` (500), `/gone` (410),
 * `/busy` (429 with Retry-After), `/slow` (after 4 s), `/flaky` (every other request fails), `/redirect`,
 * `/hang` (never). `GET /requests` lists what came in. Listens on loopback only.
 */
export async function startReceiver(options: { port?: number; host?: string } = {}): Promise<Receiver> {
  const host = options.host ?? '127.0.0.1';
  const requests: ReceivedRequest[] = [];
  let turn = 0;
  const timers = new Set<NodeJS.Timeout>();

  function record(request: IncomingMessage, body: string, answeredWith: number): void {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    requests.push({ path: request.url ?? '', headers, body, at: new Date().toISOString(), answeredWith });
    if (requests.length > kept) requests.shift();
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const reply = (
      status: number,
      content: Record<string, unknown>,
      headers: Record<string, string> = {},
    ) => {
      record(request, body, status);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(content));
    };
    const path = (request.url ?? '/').split('?')[0];
    switch (path) {
      case '/fail':
        return reply(500, { error: 'Something broke in this endpoint.' });
      case '/gone':
        return reply(410, { error: 'This endpoint is gone.' });
      case '/busy':
        return reply(429, { error: 'Too many requests.' }, { 'retry-after': '2' });
      case '/redirect':
        return reply(302, {}, { location: '/ok' });
      case '/flaky':
        turn += 1;
        return turn % 2 === 1 ? reply(503, { error: 'Try again.' }) : reply(200, { received: true });
      case '/hang':
        record(request, body, 0);
        return;
      case '/slow': {
        const timer = setTimeout(() => {
          timers.delete(timer);
          reply(200, { received: true });
        }, slowMs);
        timers.add(timer);
        return;
      }
      default:
        return reply(200, { received: true });
    }
  }

  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/requests') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(requests));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bodyLimit) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${host}:${port}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
