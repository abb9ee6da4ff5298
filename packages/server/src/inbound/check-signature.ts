import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { InboundScheme } from '../providers/provider.ts';
import { checkedBy, refuse } from './checked.ts';
import type { Checked } from './checked.ts';
import { judgeTime } from './check-time.ts';
import { decodeExact } from './decode-exact.ts';
import { sameText } from './same-text.ts';
import type { InboundRequest, VerifyWith } from './types.ts';

const defaultToleranceSeconds = 300;

/** The signatures that came and the time that was signed with them; null where there is none. */
interface Signed {
  signatures: string[];
  timestamp: string | null;
}

/**
 * Signatures over the exact bytes, as the template of the scheme lays them out: HMAC, Ed25519, or ECDSA over P-256.
 * Signature first, then the time, so that only what is authentic is called too old.
 */
export function checkSignature(scheme: InboundScheme, request: InboundRequest, how: VerifyWith): Checked {
  const { signatures, timestamp } = readHeaders(scheme, request);
  if (signatures.length === 0) return refuse('no_signature');
  if (scheme.timestampHeader !== undefined && timestamp === null) return refuse('no_signature');
  const verifiers = how.keys.flatMap((key) => {
    const matches = matcherOf(scheme, key);
    return matches ? [[key, matches] as const] : [];
  });
  const urls = scheme.signed?.includes('{url}') ? spellingsOf(request.url) : [request.url];
  const messages = urls.map((url) =>
    signedParts(scheme.signed ?? '{rawBody}', request, url, timestamp ?? ''),
  );
  const fitting = new Map(verifiers);
  const checked = checkedBy([...fitting.keys()], (key) =>
    messages.some((message) => fitting.get(key)!(signatures, message)),
  );
  if (!checked.ok || timestamp === null) return checked;
  const fault = judgeTime(
    timestamp,
    scheme.timestampFormat ?? 'seconds',
    scheme.toleranceSeconds ?? defaultToleranceSeconds,
    how.now,
  );
  return fault ? refuse(fault) : checked;
}

/** A digest of all that was signed, where the time is part of it: the same only for the very same sending. */
export function digestOfSigned(scheme: InboundScheme, request: InboundRequest): string {
  const { timestamp } = readHeaders(scheme, request);
  return createHash('sha256')
    .update(`${timestamp ?? ''}\n`)
    .update(request.body)
    .digest('hex');
}

function readHeaders(scheme: InboundScheme, { headers }: InboundRequest): Signed {
  const name = scheme.headers[0]?.toLowerCase() ?? '';
  const timeName = scheme.timestampHeader?.toLowerCase();
  // Docusign numbers one header for each active key.
  const numbered = /^(.+-)1$/.exec(name)?.[1];
  const given =
    numbered === undefined
      ? [headers[name]]
      : Object.keys(headers)
          .filter((each) => each.startsWith(numbered) && /^\d{1,3}$/.test(each.slice(numbered.length)))
          .map((each) => headers[each]);
  const texts = given.filter((text): text is string => text !== undefined && text !== '');
  if (timeName === name) return readCombined(texts[0] ?? '', scheme.prefix ?? '');
  const prefix = scheme.prefix ?? '';
  return {
    // A signature without its prefix is one that fits nothing.
    signatures: texts.map((text) => (text.startsWith(prefix) ? text.slice(prefix.length) : '')),
    timestamp: timeName === undefined ? null : headers[timeName] || null,
  };
}

/** `t=seconds,v1=signature`, with more signatures while a key is replaced; parts of another version do not count. */
function readCombined(text: string, prefix: string): Signed {
  const parts = text.split(',').map((part) => part.trim());
  const times = parts.filter((part) => part.startsWith('t=')).map((part) => part.slice(2));
  return {
    signatures: parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length)),
    timestamp: times.length === 1 ? times[0]! : null,
  };
}

/** What is signed, in pieces; the body stays the bytes that came. */
function signedParts(
  template: string,
  { method, body }: InboundRequest,
  url: string,
  timestamp: string,
): readonly (string | Buffer)[] {
  const values: Readonly<Record<string, string | Buffer>> = { method, url, timestamp, rawBody: body };
  // Every second piece is a name in braces.
  return template.split(/\{([A-Za-z]+)\}/).map((piece, index) => (index % 2 === 0 ? piece : values[piece]!));
}

/** HubSpot signs the address with these escapes undone; others may stand in it as they are. */
function spellingsOf(url: string): string[] {
  const plain = url.replaceAll(/%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (escaped) =>
    decodeURIComponent(escaped),
  );
  return plain === url ? [url] : [url, plain];
}

type Matches = (signatures: readonly string[], message: readonly (string | Buffer)[]) => boolean;

/** Null: the key cannot be one of this scheme. */
function matcherOf(scheme: InboundScheme, key: string): Matches | null {
  const encoding = scheme.encoding ?? 'hex';
  if (scheme.algorithm === 'ed25519') return publicKeyMatcher(ed25519Key(key), null, encoding);
  if (scheme.algorithm === 'ecdsa-p256-sha256') return publicKeyMatcher(p256Key(key), 'sha256', encoding);
  const hash = scheme.algorithm === 'hmac-sha1' ? 'sha1' : 'sha256';
  return (signatures, message) => {
    const hmac = createHmac(hash, key);
    for (const piece of message) hmac.update(piece);
    const expected = hmac.digest(encoding);
    // Some write the digits from a to f as capitals.
    return signatures.some((signature) =>
      sameText(expected, encoding === 'hex' ? signature.toLowerCase() : signature),
    );
  };
}

function publicKeyMatcher(
  key: KeyObject | null,
  hash: 'sha256' | null,
  encoding: 'hex' | 'base64',
): Matches | null {
  if (key === null) return null;
  return ([signature = ''], message) => {
    const bytes = decodeExact(signature, encoding);
    return (
      bytes !== null && verify(hash, Buffer.concat(message.map((piece) => Buffer.from(piece))), key, bytes)
    );
  };
}

const ed25519Head = Buffer.from('302a300506032b6570032100', 'hex');

/** From the 32 bytes that Discord shows in hexadecimal. */
function ed25519Key(hex: string): KeyObject | null {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return null;
  return publicKeyOf(Buffer.concat([ed25519Head, Buffer.from(hex, 'hex')]));
}

/** From the SPKI bytes that SendGrid shows in base64. */
function p256Key(base64: string): KeyObject | null {
  const key = publicKeyOf(Buffer.from(base64, 'base64'));
  return key?.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
}

function publicKeyOf(der: Buffer): KeyObject | null {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}
