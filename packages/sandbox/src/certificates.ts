import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its private key, in PEM. */
export interface KeyedCertificate {
  key: string;
  cert: string;
}

export interface CertificateRequest {
  /** Host names and IPv4 addresses. */
  names: readonly [string, ...string[]];
  /** Default: an hour ago. */
  notBefore?: Date;
  /** Default: in a year. */
  notAfter?: Date;
}

/** A certificate authority that nobody trusts unless told to. */
export interface CertificateAuthority {
  /** For those who shall trust it, in PEM. */
  ca: string;
  issue(request: CertificateRequest): KeyedCertificate;
}

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

/** Makes an authority that lives as long as the process; `now` in ms. */
export function createAuthority(name = 'Trunkline sandbox', now = Date.now()): CertificateAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = commonName(name);
  const lifetime = { from: new Date(now - hourMs), to: new Date(now + 10 * yearMs) };
  const ca = certificate({
    issuer: subject,
    subject,
    publicKey,
    signWith: privateKey,
    ...lifetime,
    extensions: authorityExtensions,
  });
  return {
    ca,
    issue: (request) => leaf(request, now, () => ({ issuer: subject, signWith: privateKey })),
  };
}

/** A certificate that vouches for itself. */
export function selfSigned(request: CertificateRequest, now = Date.now()): KeyedCertificate {
  return leaf(request, now, (privateKey) => ({
    issuer: commonName(request.names[0]),
    signWith: privateKey,
  }));
}

function leaf(
  request: CertificateRequest,
  now: number,
  signer: (own: KeyObject) => { issuer: Buffer; signWith: KeyObject },
): KeyedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificate({
    ...signer(privateKey),
    subject: commonName(request.names[0]),
    publicKey,
    from: request.notBefore ?? new Date(now - hourMs),
    to: request.notAfter ?? new Date(now + yearMs),
    extensions: [extension('2.5.29.17', sequence(...request.names.map(alternativeName)))],
  });
  return { key: pem('PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' })), cert };
}

interface Contents {
  issuer: Buffer;
  subject: Buffer;
  publicKey: KeyObject;
  signWith: KeyObject;
  from: Date;
  to: Date;
  extensions: readonly Buffer[];
}

/** An X.509 certificate, version 3, signed by ECDSA with SHA-256 (RFC 5280, RFC 5758), in PEM. */
function certificate(contents: Contents): string {
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2'));
  // The first bit of a positive number is zero.
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    algorithm,
    contents.issuer,
    sequence(time(contents.from), time(contents.to)),
    contents.subject,
    contents.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...contents.extensions)),
  );
  const signature = sign('sha256', body, contents.signWith);
  return pem('CERTIFICATE', sequence(body, algorithm, bits(signature)));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

// DER (X.690): a tag, a length, the content.

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function bits(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function commonName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId('2.5.4.3'), tagged(0x0c, Buffer.from(name)))));
}

/** UTCTime until 2049, GeneralizedTime after. */
function time(at: Date): Buffer {
  const text = `${at.toISOString().replace(/\.\d+Z$|[-:T]/g, '')}Z`;
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(text.slice(2)))
    : tagged(0x18, Buffer.from(text));
}

function extension(id: string, content: Buffer, critical = false): Buffer {
  const parts = [objectId(id)];
  if (critical) parts.push(tagged(0x01, Buffer.from([0xff])));
  return sequence(...parts, tagged(0x04, content));
}

function alternativeName(name: string): Buffer {
  return isIP(name) === 4
    ? tagged(0x87, Buffer.from(name.split('.').map(Number)))
    : tagged(0x82, Buffer.from(name));
}

/** It is an authority; its key signs certificates. */
const authorityExtensions = [
  extension('2.5.29.19', sequence(tagged(0x01, Buffer.from([0xff]))), true),
  extension('2.5.29.15', tagged(0x03, Buffer.from([2, 0x04])), true),
];
