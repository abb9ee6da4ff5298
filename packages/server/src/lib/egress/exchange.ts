import type { Dispatcher } from 'undici';
import type { Timed } from './deadline-wheel.ts';
import { EgressError } from './errors.ts';
import type { EgressErrorCode } from './errors.ts';
import type { SendResult } from './send-result.ts';
import type { Slot } from './slot.ts';

/** Who runs exchanges: told once, when the exchange is over. */
export interface ExchangeOwner {
  /** `reusable`: the response was read to its end, so the connection may carry the next request. */
  over(exchange: Exchange, reusable: boolean): void;
  now(): number;
}

/**
 * One request and its response: undici's handler, the wheel's entry and the queue's link in one object. It takes
 * undici's raw handler calls (`onConnect` …), which skip a wrapper and a header object per request.
 */
export class Exchange implements Timed, Dispatcher.DispatchHandler {
  dueTick = 0;
  previous: Timed | null = null;
  next: Timed | null = null;
  /** The link in its origin's queue. */
  queued: Exchange | null = null;
  /** The connection that carries it; null before and after. */
  slot: Slot | null = null;
  /** Null once over, so that a queued but dead exchange holds no body. */
  request: Dispatcher.DispatchOptions | null;
  settled = false;
  /** Takes an abort listener off; null without a signal. */
  unlisten: (() => void) | null = null;

  readonly #owner: ExchangeOwner;
  readonly #startedAt: number;
  readonly #limit: number;
  readonly #resolve: (result: SendResult) => void;
  readonly #reject: (error: EgressError) => void;
  #sent = false;
  #status = 0;
  #headers: Record<string, string> | null = null;
  #body: Buffer | null = null;
  #length = 0;

  constructor(
    owner: ExchangeOwner,
    request: Dispatcher.DispatchOptions,
    limit: number,
    startedAt: number,
    resolve: (result: SendResult) => void,
    reject: (error: EgressError) => void,
  ) {
    this.#owner = owner;
    this.request = request;
    this.#limit = limit;
    this.#startedAt = startedAt;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  expire(): void {
    this.fail(
      'timeout',
      this.#sent ? 'No complete answer in time.' : 'The request could not be sent in time.',
    );
  }

  /** Ends the exchange with an error; does nothing when it is over. */
  fail(code: EgressErrorCode, message: string): void {
    this.#fail(new EgressError(code, message, this.#sent));
  }

  /** Called right before the request is written: from here on it may have arrived. */
  onConnect(): void {
    // Thrown before the write, this takes the request out of undici's queue and leaves the connection alone.
    if (this.settled) throw new EgressError('aborted', 'The exchange is over.');
    this.#sent = true;
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200) return true;
    this.#status = status;
    this.#headers = readHeaders(headers);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.settled) return true;
    const room = this.#limit - this.#length;
    if (chunk.length > room) {
      this.#append(chunk.subarray(0, room));
      this.#succeed(true);
    } else {
      this.#append(chunk);
    }
    return true;
  }

  onComplete(): void {
    if (!this.settled) this.#succeed(false);
  }

  onError(error: Error): void {
    if (this.settled) return;
    this.#fail(error instanceof EgressError ? error : translated(error, this.#sent));
  }

  /** The first chunk is kept as it is, which is all there is for most responses; more go into a growing buffer. */
  #append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#body === null) {
      this.#body = chunk;
    } else {
      if (length > this.#body.length) {
        const grown = Buffer.allocUnsafe(Math.max(length, Math.min(this.#limit, length * 2)));
        this.#body.copy(grown, 0, 0, this.#length);
        this.#body = grown;
      }
      chunk.copy(this.#body, this.#length);
    }
    this.#length = length;
  }

  #succeed(bodyTruncated: boolean): void {
    const owner = this.#owner;
    const result: SendResult = {
      status: this.#status,
      headers: this.#headers!,
      body: this.#body === null ? '' : this.#body.toString('utf8', 0, this.#length),
      bodyTruncated,
      durationMs: owner.now() - this.#startedAt,
      remoteAddress: this.slot?.remoteAddress,
    };
    this.#end(!bodyTruncated);
    this.#resolve(result);
  }

  #fail(error: EgressError): void {
    if (this.settled) return;
    this.#end(false);
    this.#reject(error);
  }

  #end(reusable: boolean): void {
    this.settled = true;
    this.request = null;
    this.#body = null;
    this.unlisten?.();
    this.#owner.over(this, reusable);
  }
}

/** Header bytes are Latin-1 by the standard (RFC 9110, 5.5). */
function readHeaders(raw: readonly Buffer[]): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toString('latin1').toLowerCase();
    const value = raw[i + 1]!.toString('latin1');
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}

/** undici's error in our words. Its own text may quote the request. */
function translated(error: Error, sent: boolean): EgressError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new EgressError('too_large', 'The response headers are over the size limit.', sent);
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') {
    return new EgressError(
      'protocol',
      'The request could not be made: its path or a header is not valid.',
      sent,
    );
  }
  if (
    error.name === 'HTTPParserError' ||
    code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
    error.message.startsWith('bad ')
  ) {
    return new EgressError('protocol', 'The answer is not a valid HTTP response.', sent);
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED' || code === 'UND_ERR_ABORTED') {
    return new EgressError('aborted', 'The request was stopped.', sent);
  }
  return new EgressError('reset', 'The connection was closed before the answer was complete.', sent);
}
