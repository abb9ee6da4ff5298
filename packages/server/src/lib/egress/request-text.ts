import { EgressError } from './errors.ts';

/** What a request's own part of the head is made of. */
export interface RequestParts {
  method: string;
  path: string;
  /** As an object or as a flat list name, value, name, value (cheaper). */
  headers: Readonly<Record<string, string>> | readonly string[];
  body: string | Buffer | null;
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;
const notInPath = /[^\x21-\xff]/;
/** The connection, the length and the host are the sender's own affair; another host would reach another site. */
const ours = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect']);
/** Names that were checked before; bounded, as callers may take names from users. */
const checkedNames = new Set<string>();

function checkName(name: string): void {
  if (checkedNames.has(name)) return;
  if (!token.test(name) || ours.has(name.toLowerCase())) {
    throw new EgressError('protocol', 'A header of the request is not allowed.');
  }
  if (checkedNames.size < 1_000) checkedNames.add(name);
}

/** A request as it goes onto the connection in one write; a string has Latin-1 characters only. */
export interface WireRequest {
  readonly method: string;
  readonly data: string | Buffer;
}

/**
 * Puts a request together (RFC 9112, section 3). Nothing of the caller's can end a line: names are tokens, values and
 * the path have no control characters.
 *
 * @throws EgressError `protocol`
 */
export function wireRequest(parts: RequestParts, host: string): WireRequest {
  const { method, body } = parts;
  if (Buffer.isBuffer(body)) {
    const head = headOf(parts, host, body.length);
    return { method, data: Buffer.concat([Buffer.from(head, 'latin1'), body]) };
  }
  const text = body ?? '';
  const bytes = Buffer.byteLength(text);
  const head = headOf(parts, host, bytes);
  // Only ASCII has as many bytes as characters.
  if (bytes === text.length) return { method, data: head + text };
  const data = Buffer.allocUnsafe(head.length + bytes);
  data.write(head, 0, 'latin1');
  data.write(text, head.length, 'utf8');
  return { method, data };
}

function headOf(parts: RequestParts, host: string, bodyBytes: number): string {
  const { method, path, headers, body } = parts;
  if (!token.test(method) || path.charCodeAt(0) !== slash || notInPath.test(path)) {
    throw new EgressError('protocol', 'The request could not be made: its path or method is not valid.');
  }
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  if (Array.isArray(headers)) {
    const list = headers as readonly string[];
    for (let i = 0; i + 1 < list.length; i += 2) text += line(list[i]!, list[i + 1]!);
  } else {
    const named = headers as Readonly<Record<string, string>>;
    for (const name in named) text += line(name, named[name]!);
  }
  if (body !== null || method === 'POST' || method === 'PUT' || method === 'PATCH') {
    text += `content-length: ${bodyBytes}\r\n`;
  }
  return `${text}\r\n`;
}

const slash = 47;

function line(name: string, value: string): string {
  checkName(name);
  if (notInValue.test(value)) {
    throw new EgressError('protocol', 'A header of the request holds a character that is not allowed.');
  }
  return `${name}: ${value}\r\n`;
}
