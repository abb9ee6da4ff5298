import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  headers: Record<string, string>;
  body: string;
}

/** An address of the receiver, for one webhook of one test. */
export interface Endpoint {
  url: string;
  /** What came in, oldest first. */
  requests: ReceivedRequest[];
  /** Answers with this status from now on. */
  answerWith(status: number, body?: string): void;
}

export interface Receiver {
  /** A new address that answers 200, or with the given status. */
  endpoint(status?: number): Endpoint;
  close(): Promise<void>;
}

interface Kept extends Endpoint {
  status: number;
  answer: string;
}

/** Receives webhooks on loopback; every endpoint has an answer and a record of its own. */
export async function startReceiver(): Promise<Receiver> {
  const endpoints = new Map<string, Kept>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const endpoint = endpoints.get(request.url ?? '');
      if (!endpoint) {
        response.writeHead(404).end();
        return;
      }
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      endpoint.requests.push({
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: Buffer.concat(chunks).toString('utf8'),
      });
      response.writeHead(endpoint.status, { 'content-type': 'application/json', 'x-receiver': 'e2e' });
      response.end(endpoint.answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    endpoint(status = 200) {
      const path = `/hook-${endpoints.size + 1}`;
      const kept: Kept = {
        url: `http://127.0.0.1:${port}${path}`,
        requests: [],
        status: 200,
        answer: '',
        answerWith(next, body) {
          kept.status = next;
          kept.answer = body ?? JSON.stringify(next < 300 ? { received: true } : { error: 'It broke.' });
        },
      };
      kept.answerWith(status);
      endpoints.set(path, kept);
      return kept;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
