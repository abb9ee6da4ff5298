import type { Socket } from 'node:net';
import type { Connect } from './connector.ts';
import { EgressError } from './errors.ts';
import type { WireRequest } from './request-text.ts';
import { ResponseReader } from './response-reader.ts';
import type { ResponseSink } from './response-reader.ts';

/** What a connection carries: a request, and where its response goes. */
export interface Carried extends ResponseSink {
  /** Null when it is over. */
  readonly request: WireRequest | null;
  /** Called right before the request is written: from here on it may have arrived. */
  onSent(): void;
  /** The response is complete; `reusable`: the connection may carry another request. */
  onComplete(reusable: boolean): void;
  onFailure(error: EgressError): void;
}

/** What a connection needs of its pool. */
export interface ConnectionOptions {
  url: URL;
  connect: Connect;
  /** An unused connection is gone: the server closed it. */
  onGone: (connection: Connection) => void;
}

/** One connection to one origin; carries one exchange at a time (RFC 9112 without pipelining). */
export class Connection {
  /** When it became unused, by the sender's clock, and how long the server keeps it. */
  freeSince = 0;
  keepAliveMs = Infinity;
  readonly #options: ConnectionOptions;
  readonly #reader = new ResponseReader();
  #socket: Socket | null = null;
  #exchange: Carried | null = null;
  #dead = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  /** Starts an exchange; the connection is made for the first one. */
  run(exchange: Carried): void {
    this.#exchange = exchange;
    if (this.#socket !== null) this.#write(exchange);
    else this.#open();
  }

  /** Ends it at once, whatever it does. */
  destroy(): void {
    this.#dead = true;
    this.#exchange = null;
    this.#socket?.destroy();
  }

  #open(): void {
    const { url, connect } = this.#options;
    const onRead = (length: number, bytes: Buffer): void => this.#read(length, bytes);
    connect(url, onRead, (error, socket) => {
      if (this.#dead) {
        socket?.destroy();
        return;
      }
      if (error !== null) {
        this.#fail(error);
        return;
      }
      this.#socket = socket;
      socket.on('error', () => this.#ended());
      socket.on('end', () => this.#ended());
      socket.on('close', () => this.#ended());
      if (this.#exchange !== null) this.#write(this.#exchange);
    });
  }

  /** Head and body go out in one write. */
  #write(exchange: Carried): void {
    const request = exchange.request;
    if (request === null) return;
    this.#reader.begin(exchange, request.method);
    exchange.onSent();
    this.#socket!.write(request.data, 'latin1');
  }

  #read(length: number, bytes: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === null) {
      // Nobody asked: whatever this is, the next answer on this connection could not be trusted.
      this.#gone();
      return;
    }
    const reader = this.#reader;
    let used: number;
    try {
      used = reader.read(bytes, length);
    } catch (error) {
      this.#fail(
        error instanceof EgressError
          ? error
          : new EgressError('protocol', 'The answer could not be read.', true),
      );
      return;
    }
    if (!reader.done || this.#exchange !== exchange) return;
    const head = reader.head!;
    this.keepAliveMs = head.keepAliveMs;
    this.#exchange = null;
    exchange.onComplete(used === length && head.keepAlive && this.#socket!.writableLength === 0);
  }

  /** The server ended the connection, or it broke. */
  #ended(): void {
    const exchange = this.#exchange;
    if (this.#dead) return;
    if (exchange === null) {
      this.#gone();
      return;
    }
    if (this.#reader.end()) {
      this.#exchange = null;
      exchange.onComplete(false);
    } else {
      this.#fail(new EgressError('reset', 'The connection was closed before the answer was complete.', true));
    }
  }

  #gone(): void {
    this.destroy();
    this.#options.onGone(this);
  }

  #fail(error: EgressError): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.onFailure(error);
  }
}
