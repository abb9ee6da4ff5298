import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SandboxRequest } from '../exchange.ts';

/*
 * Checks requests that are signed as AWS wants it (Signature Version 4), by recomputing the signature. Written on its
 * own, so that a mistake of the product's signer does not repeat itself here.
 */

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  service: string;
}

/** Null when all is well, or the name that AWS gives to what is wrong. */
export type AwsFault =
  | 'MissingAuthenticationToken'
  | 'IncompleteSignature'
  | 'InvalidAccessKeyId'
  | 'AuthorizationHeaderMalformed'
  | 'RequestTimeTooSkewed'
  | 'AccessDenied'
  | 'XAmzContentSHA256Mismatch'
  | 'SignatureDoesNotMatch';

interface Presented {
  accessKeyId: string;
  /** Date, region, service. */
  scope: [date: string, region: string, service: string];
  signedHeaders: string[];
  signature: string;
  /** As in `20261128T120000Z`. */
  time: string;
  payloadHash: string;
  /** Seconds; null for a signature in the header, which lives for fifteen minutes. */
  expiresIn: number | null;
  byQuery: boolean;
}

const skewMs = 15 * 60_000;
const longestPresignedSeconds = 604_800;

/** Verifies the signature in the header `authorization`, or that of a presigned address. */
export function awsFault(request: SandboxRequest, credentials: AwsCredentials, now: number): AwsFault | null {
  const presented = request.query.has('X-Amz-Signature') ? fromQuery(request) : fromHeader(request);
  if (typeof presented === 'string') return presented;
  if (presented.accessKeyId !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  const [date, region, service] = presented.scope;
  if (region !== credentials.region || service !== credentials.service || date !== presented.time.slice(0, 8))
    return 'AuthorizationHeaderMalformed';
  if (!presented.signedHeaders.includes('host')) return 'SignatureDoesNotMatch';
  const unsigned = Object.keys(request.headers).filter(
    (header) => header.startsWith('x-amz-') && !presented.signedHeaders.includes(header),
  );
  if (unsigned.length > 0) return 'AccessDenied';
  const age = now - timeOf(presented.time);
  if (Number.isNaN(age) || age < -skewMs) return 'RequestTimeTooSkewed';
  if (presented.expiresIn === null ? age > skewMs : age > presented.expiresIn * 1000)
    return presented.byQuery ? 'AccessDenied' : 'RequestTimeTooSkewed';
  if (/^[0-9a-f]{64}$/.test(presented.payloadHash) && presented.payloadHash !== sha256(request.body))
    return 'XAmzContentSHA256Mismatch';
  const expected = Buffer.from(signatureOf(request, presented, credentials.secretAccessKey));
  const given = Buffer.from(presented.signature);
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? null
    : 'SignatureDoesNotMatch';
}

function fromHeader({ headers, body }: SandboxRequest): Presented | AwsFault {
  const authorization = headers['authorization'];
  if (!authorization) return 'MissingAuthenticationToken';
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  const time = headers['x-amz-date'];
  if (!match || !time) return 'IncompleteSignature';
  const [, accessKeyId, date, region, service, signedHeaders, signature] = match;
  return {
    accessKeyId: accessKeyId!,
    scope: [date!, region!, service!],
    signedHeaders: signedHeaders!.split(';'),
    signature: signature!,
    time,
    payloadHash: headers['x-amz-content-sha256'] ?? sha256(body),
    expiresIn: null,
    byQuery: false,
  };
}

function fromQuery({ query }: SandboxRequest): Presented | AwsFault {
  const credential = query.get('X-Amz-Credential')?.split('/') ?? [];
  const [accessKeyId, date, region, service, end] = credential;
  const expiresIn = Number(query.get('X-Amz-Expires'));
  const complete = accessKeyId && date && region && service && end === 'aws4_request';
  const valid = expiresIn > 0 && expiresIn <= longestPresignedSeconds;
  if (!complete || !valid || query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256')
    return 'IncompleteSignature';
  return {
    accessKeyId,
    scope: [date, region, service],
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    time: query.get('X-Amz-Date') ?? '',
    payloadHash: service === 's3' ? 'UNSIGNED-PAYLOAD' : sha256(''),
    expiresIn,
    byQuery: true,
  };
}

function signatureOf(request: SandboxRequest, presented: Presented, secret: string): string {
  const [date, region, service] = presented.scope;
  const canonical = [
    request.method,
    canonicalPath(request.path, service),
    canonicalQuery(request.query),
    ...presented.signedHeaders.map((name) => `${name}:${headerOf(request, name)}`),
    '',
    presented.signedHeaders.join(';'),
    presented.payloadHash,
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', presented.time, scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

/** The host that counts is the provider's own, not that of the sandbox. */
function headerOf(request: SandboxRequest, name: string): string {
  const value = name === 'host' ? request.host : (request.headers[name] ?? '');
  return value.trim().replaceAll(/ +/g, ' ');
}

/** S3 signs the path as it was sent; every other service encodes it once more. */
function canonicalPath(path: string, service: string): string {
  if (service === 's3')
    return path
      .split('/')
      .map((part) => encode(decode(part)))
      .join('/');
  return path.split('/').map(encode).join('/');
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function timeOf(time: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time);
  if (!match) return Number.NaN;
  const [year, month, ...rest] = match.slice(1).map(Number);
  return Date.UTC(year!, month! - 1, ...(rest as [number, number, number, number]));
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
