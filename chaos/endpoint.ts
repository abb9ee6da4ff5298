import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export const endpointModes = ['ok', 'error', 'hang', 'reset', 'slow', 'huge', 'redirect', 'garbage'] as const;
export type EndpointMode = (typeof endpointModes)[number];

/** A receiver that can misbehave. It notes every message id that reached it and every one it confirmed. */
export class Endpoint {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  mode: EndpointMode = 'ok';
  port = 0;
  /** Message id → how often it was answered with 2xx. */
  readonly confirmed = new Map<string, number>();
  /** Every id that was seen at all. */
  readonly seen = new Set<string>();

  constructor() {
    this.#server = createServer((request, response) => {
      request.resume();
      request.on('end', () => this.#answer(request, response));
      request.on('error', () => undefined);
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const id = String(request.headers['webhook-id'] ?? '');
    this.seen.add(id);
    switch (this.mode) {
      case 'error':
        response.writeHead(503).end('busy');
        return;
      case 'hang':
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'slow':
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write('.');
        return;
      case 'redirect':
        response.writeHead(302, { location: '/elsewhere' }).end();
        return;
      case 'garbage':
        request.socket.end('HTTP/1.1 two hundred\r\n\r\n');
        return;
      case 'huge':
        this.#confirm(id);
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.end('x'.repeat(400_000));
        return;
      case 'ok':
        this.#confirm(id);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }
  }

  #confirm(id: string): void {
    this.confirmed.set(id, (this.confirmed.get(id) ?? 0) + 1);
  }

  /** Ends what it left hanging, so that no attempt waits for its whole timeout. */
  heal(): void {
    const stuck = this.mode === 'hang' || this.mode === 'slow';
    this.mode = 'ok';
    if (stuck) for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
