import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { readEventRequest } from './event-request.ts';
import type { OpenRequests } from './draining.ts';
import type { EventRequest } from './event-request.ts';

/** A whole answer; `head` is its start line and headers without the empty line, in ASCII. */
export interface RawAnswer {
  head: string;
  body: string;
}

export interface EventFront {
  /** Answers one request; never rejects. */
  answer(request: EventRequest, body: string, remoteAddress: string | null): Promise<RawAnswer>;
  requests: Pick<OpenRequests, 'enter' | 'leave'>;
  /** The process ends: every request goes the general way, which refuses it. */
  closing(): boolean;
}

/** As the general front's: a request must be whole, an unused connection used again, within this. */
const requestMs = 20_000;
const keepAliveMs = 65_000;
const sweepMs = 5_000;

/**
 * The connections of callers that send events and nothing else, which is nearly all traffic of a busy installation. A
 * plain request is read here, at a third of what Node's HTTP server costs; with the first one that is not plain the
 * whole connection goes to that server. Puts itself before the server's own listener.
 */
export class EventConnections {
  readonly #connections = new Set<EventConnection>();
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Server, front: EventFront) {
    const [toHttp] = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    const leave = (connection: EventConnection, unanswered: Buffer | null): void => {
      this.#connections.delete(connection);
      if (unanswered !== null)
        handOver(connection.socket, unanswered, () => toHttp!.call(server, connection.socket));
    };
    server.on('connection', (socket: Socket) => {
      this.#connections.add(new EventConnection(socket, front, leave));
      this.#timer ??= setInterval(() => this.#sweep(), sweepMs).unref();
    });
  }

  destroy(): void {
    clearInterval(this.#timer);
    for (const connection of this.#connections) connection.socket.destroy();
  }

  #sweep(): void {
    const now = performance.now();
    for (const { deadline, socket } of this.#connections) if (now > deadline) socket.destroy();
  }
}

/** The parser sees the bytes again, before all that follow. */
function handOver(socket: Socket, unanswered: Buffer, toHttp: () => void): void {
  socket.pause();
  socket.unshift(unanswered);
  toHttp();
  socket.resume();
}

class EventConnection {
  /** When it is closed, in monotonic ms. */
  deadline = performance.now() + requestMs;
  readonly socket: Socket;
  readonly #remoteAddress: string | null;
  readonly #front: EventFront;
  readonly #leave: (connection: EventConnection, unanswered: Buffer | null) => void;
  /** Bytes that are not answered yet. */
  #pending: Buffer | null = null;
  /** They are the beginning of a request, which has to come whole in time. */
  #partial = false;
  #answering = false;
  /** The caller has closed its half and still waits for an answer. */
  #ended = false;

  /** `leave` is told when the connection is closed, or what it has brought for the general front. */
  constructor(
    socket: Socket,
    front: EventFront,
    leave: (connection: EventConnection, unanswered: Buffer | null) => void,
  ) {
    this.socket = socket;
    this.#remoteAddress = socket.remoteAddress ?? null;
    this.#front = front;
    this.#leave = leave;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    const before = this.#pending;
    this.#pending = before === null ? chunk : Buffer.concat([before, chunk]);
    // One at a time: what a caller sends without waiting stays with the kernel.
    if (this.#answering) this.socket.pause();
    else this.#next();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    if (!this.#answering) this.socket.destroy();
  };

  readonly #onError = (): void => void this.socket.destroy();
  readonly #onClose = (): void => this.#leave(this, null);

  #next(): void {
    const bytes = this.#pending!;
    const request = this.#front.closing() ? 'other' : readEventRequest(bytes);
    if (request === 'other' && !this.#ended) this.#handOver();
    else if (typeof request === 'object') this.#answer(request, bytes);
    // What is missing will never come.
    else if (this.#ended) this.socket.destroy();
    else if (!this.#partial) {
      this.#partial = true;
      this.deadline = performance.now() + requestMs;
    }
  }

  #answer(request: EventRequest, bytes: Buffer): void {
    this.#pending = request.end < bytes.length ? bytes.subarray(request.end) : null;
    this.#partial = false;
    this.#answering = true;
    this.#front.requests.enter();
    this.deadline = Infinity;
    const body = bytes.toString('utf8', request.bodyStart, request.end);
    void this.#front.answer(request, body, this.#remoteAddress).then(this.#onAnswer);
  }

  /** One string and one write; only a refusal repeats what the caller wrote, in whatever script. */
  readonly #onAnswer = ({ head, body }: RawAnswer): void => {
    this.socket.write(`${head}\r\n\r\n${body}`, 'utf8', this.#onWritten);
  };

  /** Called also when the connection is gone. The next request waits for it, so answers do not pile up. */
  readonly #onWritten = (): void => {
    this.#front.requests.leave();
    this.#answering = false;
    this.deadline = performance.now() + keepAliveMs;
    if (this.socket.destroyed) return;
    if (this.#pending !== null) this.#next();
    else if (this.#ended) this.socket.end();
    if (!this.#answering && this.socket.isPaused()) this.socket.resume();
  };

  #handOver(): void {
    const socket = this.socket;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    this.#leave(this, this.#pending);
  }
}
