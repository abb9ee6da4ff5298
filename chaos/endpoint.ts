import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';

export const endpointModes = [
  'ok',
  'error',
  'flaky',
  'hang',
  'reset',
  'slow',
  'huge',
  'redirect',
  'garbage',
  'gone',
] as const;
export type EndpointMode = (typeof endpointModes)[number];

/** More than the product reads of an answer. */
const hugeBody = Buffer.alloc(1 << 20, 'x');

interface Held {
  id: string;
  response: ServerResponse;
}

/**
 * A receiver that can misbehave. It notes the name of every event that reached it, in the order of first arrival, and
 * how often it answered each with 2xx. The name is in the data; the message id is the same or, where the product chose
 * it, the same with every repeat.
 */
export class Endpoint {
  readonly #server: Server;
  readonly #tlsServer: Server | null;
  readonly #sockets = new Set<Socket>();
  readonly #drips = new Set<NodeJS.Timeout>();
  #turn = 0;
  mode: EndpointMode = 'ok';
  port = 0;
  tlsPort = 0;
  /** Id of its webhook. */
  webhookId = '';
  /** Name → how often it was answered with 2xx. */
  readonly confirmed = new Map<string, number>();
  /** Every name that was seen at all, in the order of first arrival. */
  readonly seen = new Set<string>();
  /** Names whose message id is another one's. */
  readonly mixedUp = new Set<string>();
  /** Name → message id. */
  readonly messages = new Map<string, string>();
  readonly #names = new Map<string, string>();
  /** Requests of this process are read and then not answered, until `answerHeld`. */
  holdFrom: string | null = null;
  #held: Held[] = [];
  /** Told of every request once its body is read and before it is answered. `true`: it answers 503. */
  onArrival: ((label: string, timestamp: number) => boolean) | null = null;
  /** Requests that reached it. */
  requests = 0;

  /** `tls`: a key and a certificate that nobody vouches for, in PEM. */
  constructor(tls: { key: string; cert: string } | null) {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#arrived(request, Buffer.concat(chunks).toString('utf8'), response));
      request.on('error', () => undefined);
    };
    this.#server = createServer(listener);
    this.#tlsServer = tls ? createTlsServer(tls, listener) : null;
    for (const server of this.#servers()) {
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.on('close', () => this.#sockets.delete(socket));
        socket.on('error', () => undefined);
      });
      server.on('tlsClientError', () => undefined);
    }
  }

  #servers(): Server[] {
    return this.#tlsServer ? [this.#server, this.#tlsServer] : [this.#server];
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  get tlsUrl(): string {
    return `https://127.0.0.1:${this.tlsPort}/hook`;
  }

  async listen(): Promise<void> {
    this.port = await listenOn(this.#server, this.port);
    if (this.#tlsServer) this.tlsPort = await listenOn(this.#tlsServer, this.tlsPort);
  }

  #arrived(request: IncomingMessage, body: string, response: ServerResponse): void {
    const messageId = String(request.headers['webhook-id'] ?? '');
    const id = nameIn(body) ?? messageId;
    const label = (request.headers['user-agent'] ?? '').split('-Webhooks/')[0] ?? '';
    this.requests += 1;
    this.seen.add(id);
    if (!this.#belongs(id, messageId)) this.mixedUp.add(id);
    if (this.onArrival?.(label, Number(request.headers['webhook-timestamp']))) {
      response.writeHead(503).end('busy');
      return;
    }
    if (this.holdFrom === label) this.#held.push({ id, response });
    else this.#answer(id, request, response);
  }

  /** A repeat has the message id of the first, and no other event has it. */
  #belongs(name: string, messageId: string): boolean {
    const known = this.messages.get(name) ?? messageId;
    const owner = this.#names.get(messageId) ?? name;
    this.messages.set(name, known);
    this.#names.set(messageId, owner);
    return known === messageId && owner === name;
  }

  #answer(id: string, request: IncomingMessage, response: ServerResponse): void {
    switch (this.mode) {
      case 'flaky':
        this.#turn += 1;
        if (this.#turn % 2 === 0) response.writeHead(503).end('busy');
        else this.#accept(id, response);
        return;
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
        this.#drip(response);
        return;
      case 'redirect':
        response.writeHead(302, { location: '/elsewhere' }).end();
        return;
      case 'gone':
        response.writeHead(410).end('gone');
        return;
      case 'garbage':
        request.socket.end('HTTP/1.1 two hundred\r\n\r\n');
        return;
      case 'huge':
        this.#confirm(id);
        response.on('error', () => undefined);
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.end(hugeBody);
        return;
      case 'ok':
        this.#accept(id, response);
    }
  }

  #accept(id: string, response: ServerResponse): void {
    this.#confirm(id);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }

  /** A byte now and then, without end. */
  #drip(response: ServerResponse): void {
    const timer = setInterval(() => response.write('.'), 200);
    this.#drips.add(timer);
    response.on('close', () => {
      clearInterval(timer);
      this.#drips.delete(timer);
    });
  }

  #confirm(id: string): void {
    this.confirmed.set(id, (this.confirmed.get(id) ?? 0) + 1);
  }

  get held(): number {
    return this.#held.length;
  }

  /** Answers with 2xx what it held back. */
  answerHeld(): number {
    const held = this.#held;
    this.#held = [];
    for (const { id, response } of held) this.#accept(id, response);
    return held.length;
  }

  /** Nobody listens any more: connections are refused. */
  async down(): Promise<void> {
    await Promise.all(
      this.#servers().map(
        (server) =>
          new Promise((resolve) => {
            server.close(resolve);
            for (const socket of this.#sockets) socket.destroy();
          }),
      ),
    );
  }

  /** Ends what it left hanging, so that no attempt waits for its whole timeout. */
  heal(): void {
    const stuck = this.mode === 'hang' || this.mode === 'slow';
    this.mode = 'ok';
    this.holdFrom = null;
    this.onArrival = null;
    this.answerHeld();
    if (stuck) for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const timer of this.#drips) clearInterval(timer);
    await this.down();
  }
}

/** On its former port, which may take a moment to be free. */
async function listenOn(server: Server, port: number): Promise<number> {
  for (let turn = 0; ; turn += 1) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          resolve();
        });
      });
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    } catch (error) {
      if (turn === 100) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
}

/** The load writes a name into every event's data. */
function nameIn(body: string): string | undefined {
  try {
    const { data } = JSON.parse(body) as { data?: { id?: string } };
    return data?.id;
  } catch {
    return undefined;
  }
}
