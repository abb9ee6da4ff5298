import type { InboundSignature } from '@trunkline/contract/inbound';

/** What the example is about. */
export const example = { key: 'example-key', body: '{"id":1}', time: '1767225600' };

/** HMAC of the example's body, and of time, dot and body, in hexadecimal: computed once, checked by a test. */
const digests = {
  'hmac-sha256': {
    body: '98e004b9b9298c22683687422896283a7157a31735d2fe92404cf37ea1175171',
    timed: 'af709504764ee1181c5bd198b605e711697edfe131a0f2c419fe5ed5c78fb88e',
  },
  'hmac-sha1': {
    body: '23ccdbcd032cd2f3c75ea17033676427d2a33b58',
    timed: 'c81e03665af39fb6aff834c7532e0133e0eac2e4',
  },
} as const;

function encoded(hex: string, encoding: InboundSignature['encoding']): string {
  if (encoding === 'hex') return hex;
  const bytes = hex.match(/../g) ?? [];
  return btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(''));
}

export interface SignatureExample {
  /** What the sender does, as a sentence. */
  words: string;
  /** The header lines that it then sends. */
  lines: string[];
}

/** How a sender signs by these settings, worked through with a small body. */
export function signatureExample(signature: InboundSignature): SignatureExample {
  const { algorithm, header, encoding, prefix, timestampHeader, idHeader } = signature;
  const own = idHeader ? [`${idHeader}: evt_1`] : [];
  if (algorithm === 'token') {
    return {
      words: `Nothing is signed: the sender puts the key itself into ${header}. With the key ${example.key} it sends:`,
      lines: [`${header}: ${prefix}${example.key}`, ...own],
    };
  }
  if (algorithm === 'basic') {
    return {
      words: `Nothing is signed: the key is a name and a password with a colon between, sent as HTTP basic authentication. With the key ada:secret the sender sends:`,
      lines: ['Authorization: Basic YWRhOnNlY3JldA==', ...own],
    };
  }
  const timed = timestampHeader !== null;
  const digest = digests[algorithm][timed ? 'timed' : 'body'];
  const name = algorithm === 'hmac-sha256' ? 'HMAC-SHA256' : 'HMAC-SHA1';
  const what = timed
    ? `the time in seconds, a dot and the body: ${example.time}.${example.body}`
    : `the exact bytes of the body: ${example.body}`;
  return {
    words: `With the key ${example.key} the sender computes the ${name} of ${what}. It writes that in ${
      encoding === 'hex' ? 'hexadecimal' : 'base64'
    }${prefix === '' ? '' : `, puts ${prefix} before it`} and sends:`,
    lines: [
      ...(timed ? [`${timestampHeader}: ${example.time}`] : []),
      `${header}: ${prefix}${encoded(digest, encoding)}`,
      ...own,
    ],
  };
}
