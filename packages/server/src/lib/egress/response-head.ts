import { EgressError } from './errors.ts';

/** The framing of a body: a number of bytes, `chunked`, or `close` (all that comes until the connection ends). */
export type Framing = number | 'chunked' | 'close';

/** The start line and header section of a response. May be shared by responses with the same bytes. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. No prototype, frozen. */
  readonly headers: Readonly<Record<string, string>>;
  readonly framing: Framing;
  /** The connection may carry another request afterwards. */
  readonly keepAlive: boolean;
  /** How long the server keeps an unused connection, when it says so. */
  readonly keepAliveMs: number;
}

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;

function refuse(): never {
  throw new EgressError('protocol', 'The answer is not a valid HTTP response.', true);
}

/**
 * Parses the head of a response (RFC 9112, sections 4 to 6), `text` being its bytes as Latin-1 without the empty line.
 * Strict: folded lines, names with spaces, control characters, contradicting lengths, and transfer codings other than
 * `chunked` are refused, since what is ambiguous may be read differently by somebody else.
 *
 * @throws EgressError `protocol`
 */
export function parseHead(text: string): ResponseHead {
  const firstEnd = text.indexOf('\r\n');
  const start = statusLine.exec(firstEnd === -1 ? text : text.slice(0, firstEnd)) ?? refuse();
  const headers = Object.create(null) as Record<string, string>;
  let at = firstEnd === -1 ? text.length : firstEnd + 2;
  while (at < text.length) {
    const lineEnd = text.indexOf('\r\n', at);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon >= end) refuse();
    const rawName = text.slice(at, colon);
    const value = text.slice(colon + 1, end).trim();
    if (!token.test(rawName) || notInValue.test(value)) refuse();
    const name = rawName.toLowerCase();
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
    at = end + 2;
  }
  const status = Number(start[2]);
  const connection = headers['connection']?.toLowerCase() ?? '';
  const keepAlive =
    start[1] === '1' ? !/(?:^|,)[ \t]*close[ \t]*(?:,|$)/.test(connection) : connection === 'keep-alive';
  const hint = /(?:^|,)[ \t]*timeout=(\d{1,6})/.exec(headers['keep-alive'] ?? '')?.[1];
  return {
    status,
    headers: Object.freeze(headers),
    framing: framingOf(status, headers),
    keepAlive,
    keepAliveMs: hint === undefined ? Infinity : Number(hint) * 1000,
  };
}

function framingOf(status: number, headers: Record<string, string>): Framing {
  const length = headers['content-length'];
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== 'chunked') refuse();
    return status < 200 || status === 204 || status === 304 ? 0 : 'chunked';
  }
  if (length === undefined) return status < 200 || status === 204 || status === 304 ? 0 : 'close';
  // The same length said twice is one length (RFC 9110, 8.6).
  const values = new Set(length.split(',').map((value) => value.trim()));
  const [value = ''] = values;
  if (values.size !== 1 || !/^\d{1,15}$/.test(value)) refuse();
  return status < 200 || status === 204 || status === 304 ? 0 : Number(value);
}
