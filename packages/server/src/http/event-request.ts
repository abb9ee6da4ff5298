/** A whole `POST /api/v1/events` with an API key, as it lies in what a connection brought. */
export interface EventRequest {
  authorization: string;
  contentType: string | undefined;
  userAgent: string | null;
  forwardedFor: string | undefined;
  /** Undefined also when it came twice, which makes it void. */
  traceparent: string | undefined;
  /** Where its body begins, and the byte after it. */
  bodyStart: number;
  end: number;
}

/** Bytes of a request, and of its head, beyond which the general front reads it. */
export const eventRequestLimit = 64 * 1024;
const headLimit = 16 * 1024;

const startLine = 'POST /api/v1/events HTTP/1.1\r\n';
/** One header (RFC 9112, section 5): a token, no space before the colon, no control character but the tab. */
const headerLine = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)\r\n/y;
const digits = /^\d{1,6}$/;

/**
 * Reads a request for events off the front of `bytes`, in its plainest form only: what is unusual, allowed or not, is
 * `other` and left to a full HTTP parser, which then sees all of its bytes. `partial`: plain so far.
 */
export function readEventRequest(bytes: Buffer): EventRequest | 'partial' | 'other' {
  const prefix = bytes.toString('latin1', 0, startLine.length);
  if (prefix !== startLine) return startLine.startsWith(prefix) ? 'partial' : 'other';
  const headEnd = bytes.indexOf('\r\n\r\n', startLine.length - 2, 'latin1');
  if (headEnd === -1) return bytes.length < headLimit ? 'partial' : 'other';
  if (headEnd > headLimit) return 'other';
  const request = readHead(bytes.toString('latin1', startLine.length, headEnd + 2), headEnd + 4);
  if (request === null) return 'other';
  if (request.end <= bytes.length) return request;
  return request.end <= eventRequestLimit ? 'partial' : 'other';
}

/** Null for a head that is not plain: one that frames the body another way, or says twice what counts here. */
function readHead(head: string, bodyStart: number): EventRequest | null {
  let authorization: string | undefined;
  let contentType: string | undefined;
  let userAgent: string | undefined;
  let forwardedFor: string | undefined;
  let traceparent: string | undefined;
  let traceparents = 0;
  let host: string | undefined;
  let length: string | undefined;
  headerLine.lastIndex = 0;
  while (headerLine.lastIndex < head.length) {
    const match = headerLine.exec(head);
    if (match === null) return null;
    const value = match[2]!.trimEnd();
    switch (match[1]!.toLowerCase()) {
      case 'authorization':
        if (authorization !== undefined) return null;
        authorization = value;
        break;
      case 'content-type':
        if (contentType !== undefined) return null;
        contentType = value;
        break;
      case 'content-length':
        if (length !== undefined || !digits.test(value)) return null;
        length = value;
        break;
      case 'host':
        if (host !== undefined) return null;
        host = value;
        break;
      case 'user-agent':
        if (userAgent !== undefined) return null;
        userAgent = value;
        break;
      case 'x-forwarded-for':
        if (forwardedFor !== undefined) return null;
        forwardedFor = value;
        break;
      case 'traceparent':
        traceparents += 1;
        traceparent = traceparents === 1 ? value : undefined;
        break;
      case 'connection':
        if (value.toLowerCase() !== 'keep-alive') return null;
        break;
      case 'transfer-encoding':
      case 'trailer':
      case 'expect':
      case 'upgrade':
      case 'idempotency-key':
        return null;
    }
  }
  if (authorization === undefined || host === undefined || length === undefined) return null;
  const end = bodyStart + Number(length);
  return {
    authorization,
    contentType,
    userAgent: userAgent ?? null,
    forwardedFor,
    traceparent,
    bodyStart,
    end,
  };
}
