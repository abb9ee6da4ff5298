import { EgressError } from './errors.ts';
import { parseHead } from './response-head.ts';
import type { ResponseHead } from './response-head.ts';

/** Takes the parts of one response, in order. Bytes are only lent: what is kept must be copied. */
export interface ResponseSink {
  onHead(head: ResponseHead): void;
  /** Part of the body. False: nothing more is wanted. */
  onBody(bytes: Buffer, from: number, to: number): boolean;
}

/** Bytes of a head, of a chunk's size line, and of all trailers together, beyond which the exchange ends. */
const headLimit = 16 * 1024;
const lineLimit = 1024;
const informationalLimit = 16;
const carriageReturn = 13;
const lineFeed = 10;

type State = 'head' | 'length' | 'size' | 'data' | 'data_end' | 'trailers' | 'close' | 'done';

/**
 * Reads HTTP/1.1 responses from a connection, one after another (RFC 9112). Made for many small answers from few
 * servers: a head whose bytes are those of the one before is not parsed again, which within one second of the `date`
 * header is nearly every one.
 */
export class ResponseReader {
  #state: State = 'done';
  #sink: ResponseSink | null = null;
  #head: ResponseHead | null = null;
  /** Bytes of the body, or of the present chunk, that are still to come. */
  #left = 0;
  /** The beginning of a head that is not complete. */
  #pending: Buffer | null = null;
  #line = '';
  #trailerBytes = 0;
  #informational = 0;
  #withoutBody = false;
  #lastText = '';
  #lastHead: ResponseHead | null = null;

  /** The next bytes are an answer to a new request. */
  begin(sink: ResponseSink, method: string): void {
    this.#sink = sink;
    this.#state = 'head';
    this.#head = null;
    this.#informational = 0;
    this.#withoutBody = method === 'HEAD';
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** The head of the present response, once it is there. */
  get head(): ResponseHead | null {
    return this.#head;
  }

  /**
   * Reads on. Gives the number of bytes that belong to the response; fewer than `length` means that the server sent
   * more than it was asked for.
   *
   * @throws EgressError `protocol` or `too_large`
   */
  read(bytes: Buffer, length: number): number {
    let at = 0;
    while (at < length && this.#state !== 'done') {
      switch (this.#state) {
        case 'head':
          at = this.#readHead(bytes, at, length);
          break;
        case 'length':
        case 'data':
        case 'close':
          at = this.#readBody(bytes, at, length);
          break;
        case 'data_end':
          at = this.#readDataEnd(bytes, at, length);
          break;
        default:
          at = this.#readLine(bytes, at, length);
      }
    }
    return at;
  }

  /** The connection ended. True: that was the end of the response. */
  end(): boolean {
    if (this.#state === 'close') this.#state = 'done';
    return this.#state === 'done' && this.#head !== null;
  }

  #readHead(bytes: Buffer, from: number, length: number): number {
    if (this.#pending !== null) return this.#readPendingHead(bytes, from, length);
    const end = bytes.indexOf('\r\n\r\n', from, 'latin1');
    if (end === -1 || end >= length) {
      if (length - from > headLimit) throw tooLarge();
      this.#pending = Buffer.from(bytes.subarray(from, length));
      return length;
    }
    if (end + 4 > length) {
      this.#pending = Buffer.from(bytes.subarray(from, length));
      return length;
    }
    if (end - from > headLimit) throw tooLarge();
    this.#takeHead(bytes.toString('latin1', from, end));
    return end + 4;
  }

  #readPendingHead(bytes: Buffer, from: number, length: number): number {
    const before = this.#pending!;
    const joined = Buffer.concat([before, bytes.subarray(from, length)]);
    const end = joined.indexOf('\r\n\r\n', Math.max(0, before.length - 3), 'latin1');
    if ((end === -1 ? joined.length : end) > headLimit) throw tooLarge();
    if (end === -1) {
      this.#pending = joined;
      return length;
    }
    this.#pending = null;
    this.#takeHead(joined.toString('latin1', 0, end));
    return from + (end + 4 - before.length);
  }

  #takeHead(text: string): void {
    const head = this.#lastHead !== null && text === this.#lastText ? this.#lastHead : parseHead(text);
    this.#lastText = text;
    this.#lastHead = head;
    if (head.status < 200) {
      this.#informational += 1;
      // 101 answers a wish for another protocol, which is never sent.
      if (head.status === 101 || this.#informational > informationalLimit) throw invalid();
      return;
    }
    this.#head = head;
    this.#sink!.onHead(head);
    if (this.#withoutBody || head.framing === 0) this.#state = 'done';
    else if (head.framing === 'close') this.#state = 'close';
    else if (head.framing === 'chunked') this.#startLine('size');
    else {
      this.#left = head.framing;
      this.#state = 'length';
    }
  }

  #readBody(bytes: Buffer, from: number, length: number): number {
    const to = this.#state === 'close' ? length : Math.min(length, from + this.#left);
    this.#left -= to - from;
    const state = this.#state;
    if (!this.#sink!.onBody(bytes, from, to)) {
      this.#state = 'done';
      return to;
    }
    if (this.#left === 0 && state === 'length') this.#state = 'done';
    else if (this.#left === 0 && state === 'data') this.#state = 'data_end';
    return to;
  }

  /** The line break that ends a chunk's data. */
  #readDataEnd(bytes: Buffer, from: number, length: number): number {
    let at = from;
    while (at < length) {
      const expected = this.#line === '' ? carriageReturn : lineFeed;
      if (bytes[at] !== expected) throw invalid();
      at += 1;
      if (expected === lineFeed) {
        this.#startLine('size');
        return at;
      }
      this.#line = '\r';
    }
    return at;
  }

  #startLine(state: 'size' | 'trailers'): void {
    this.#state = state;
    this.#line = '';
  }

  #readLine(bytes: Buffer, from: number, length: number): number {
    let end = bytes.indexOf(lineFeed, from);
    if (end === -1 || end >= length) end = length - 1;
    this.#line += bytes.toString('latin1', from, end + 1);
    if (this.#line.length > lineLimit) throw invalid();
    if (!this.#line.endsWith('\n')) return end + 1;
    if (!this.#line.endsWith('\r\n')) throw invalid();
    const line = this.#line.slice(0, -2);
    if (this.#state === 'trailers') this.#takeTrailer(line);
    else this.#takeSize(line);
    return end + 1;
  }

  #takeSize(line: string): void {
    const match = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line);
    if (match === null) throw invalid();
    this.#left = Number.parseInt(match[1]!, 16);
    this.#line = '';
    if (this.#left > 0) this.#state = 'data';
    else {
      this.#trailerBytes = 0;
      this.#startLine('trailers');
    }
  }

  /** Trailers are read and dropped. */
  #takeTrailer(line: string): void {
    this.#trailerBytes += line.length;
    if (this.#trailerBytes > headLimit) throw tooLarge();
    if (line === '') this.#state = 'done';
    this.#line = '';
  }
}

function invalid(): EgressError {
  return new EgressError('protocol', 'The answer is not a valid HTTP response.', true);
}

function tooLarge(): EgressError {
  return new EgressError('too_large', 'The response headers are over the size limit.', true);
}
