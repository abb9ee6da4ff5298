import type { Carried, Connection } from './connection.ts';
import type { Timed } from './deadline-wheel.ts';
import { EgressError } from './errors.ts';
import type { EgressErrorCode } from './errors.ts';
import type { WireRequest } from './request-text.ts';
import type { ResponseHead } from './response-head.ts';
import type { SendResult } from './send-result.ts';

/** Who runs exchanges: told once, when the exchange is over. */
export interface ExchangeOwner {
  /** `reusable`: the response was read to its end, so the connection may carry the next request. */
  over(exchange: Exchange, reusable: boolean): void;
  now(): number;
}

/** Called once with an error or a result. */
export type ExchangeDone = (error: EgressError | null, result: SendResult | null) => void;

/** One request and its response: the reader's sink, the wheel's entry and the queue's link in one object. */
export class Exchange implements Timed, Carried {
  dueTick = 0;
  previous: Timed | null = null;
  next: Timed | null = null;
  /** The link in its origin's queue. */
  queued: Exchange | null = null;
  /** The connection that carries it; null before and after. */
  connection: Connection | null = null;
  /** Null once over, so that a queued but dead exchange holds no body. */
  request: WireRequest | null;
  settled = false;
  /** Takes an abort listener off; null without a signal. */
  unlisten: (() => void) | null = null;

  readonly #owner: ExchangeOwner;
  readonly #startedAt: number;
  readonly #limit: number;
  readonly #done: ExchangeDone;
  #sent = false;
  #head: ResponseHead | null = null;
  /** The body, when it came in one piece. */
  #text = '';
  #body: Buffer | null = null;
  #length = 0;

  constructor(
    owner: ExchangeOwner,
    request: WireRequest,
    limit: number,
    startedAt: number,
    done: ExchangeDone,
  ) {
    this.#owner = owner;
    this.request = request;
    this.#limit = limit;
    this.#startedAt = startedAt;
    this.#done = done;
  }

  expire(): void {
    this.fail(
      'timeout',
      this.#sent ? 'No complete answer in time.' : 'The request could not be sent in time.',
    );
  }

  /** Ends the exchange with an error; does nothing when it is over. */
  fail(code: EgressErrorCode, message: string): void {
    this.onFailure(new EgressError(code, message, this.#sent));
  }

  /** Called right before the request is written: from here on it may have arrived. */
  onSent(): void {
    this.#sent = true;
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
  }

  onBody(bytes: Buffer, from: number, to: number): boolean {
    if (this.settled) return false;
    const size = to - from;
    if (size === this.#head!.framing && size <= this.#limit) {
      this.#text = bytes.toString('utf8', from, to);
      return true;
    }
    const room = this.#limit - this.#length;
    this.#append(bytes.subarray(from, from + Math.min(size, room)));
    if (size <= room) return true;
    this.#succeed(true, false);
    return false;
  }

  onComplete(reusable: boolean): void {
    if (!this.settled) this.#succeed(false, reusable);
  }

  onFailure(error: EgressError): void {
    if (this.settled) return;
    this.#end(false);
    this.#done(error, null);
  }

  /** Bytes are only lent by the reader; they go into a growing buffer. */
  #append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#body === null || length > this.#body.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, Math.min(this.#limit, length * 2)));
      this.#body?.copy(grown, 0, 0, this.#length);
      this.#body = grown;
    }
    chunk.copy(this.#body, this.#length);
    this.#length = length;
  }

  #succeed(bodyTruncated: boolean, reusable: boolean): void {
    const owner = this.#owner;
    const head = this.#head!;
    const result: SendResult = {
      status: head.status,
      headers: head.headers,
      body: this.#body === null ? this.#text : this.#body.toString('utf8', 0, this.#length),
      bodyTruncated,
      durationMs: owner.now() - this.#startedAt,
      remoteAddress: this.connection?.remoteAddress,
    };
    this.#end(reusable);
    this.#done(null, result);
  }

  #end(reusable: boolean): void {
    this.settled = true;
    this.request = null;
    this.#body = null;
    this.unlisten?.();
    this.#owner.over(this, reusable);
  }
}
