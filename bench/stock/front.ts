import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The front of a stock queue: what a team would write in an afternoon, on bare `node:http`. An event is answered with
 * 202 once the queue has it.
 */
export function startFront(enqueue: (event: unknown) => Promise<string>): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      enqueue(JSON.parse(Buffer.concat(chunks).toString()) as unknown).then(
        (id) => answer(202, JSON.stringify({ id })),
        (error: unknown) => answer(500, JSON.stringify({ error: String(error) })),
      );
    });
    const answer = (status: number, body: string) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    };
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Messages of the process that hosts a stock queue. */
export interface StockCommand {
  start?: { url: string; receiverPort: number };
  /** Queues this many deliveries in bulk and answers when they are stored; workers rest meanwhile. */
  fill?: number;
  /** Lets the workers go on. */
  work?: boolean;
}
