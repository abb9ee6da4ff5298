import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const plainName = 'trunkline_session';

/**
 * Name of the session cookie. The `__Host-` prefix (RFC 6265bis) makes browsers refuse it unless it is
 * Secure, without Domain and with Path=/; plain http on loopback cannot have it.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? `__Host-${plainName}` : plainName;
}

/**
 * The session token of a `Cookie` header, or null when it is missing, malformed or its signature is not
 * ours. The value is better-auth's: `token.base64(HMAC-SHA256(secret, token))`, percent-encoded.
 */
export function readSessionToken(header: string | null, name: string, secret: string): string | null {
  const value = header === null ? null : cookieValue(header, name);
  const match = value === null ? null : /^([A-Za-z0-9]{32})\.([A-Za-z0-9+/]{43}=)$/.exec(value);
  const [, token, signature] = match ?? [];
  if (token === undefined || signature === undefined) return null;
  const expected = createHmac('sha256', secret).update(token).digest('base64');
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expected)) ? token : null;
}

/** The signed value of the cookie of a session token, in better-auth's form. */
export function sessionCookieValue(token: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(token).digest('base64');
  return encodeURIComponent(`${token}.${signature}`);
}

/** What the database keeps of a session token: SHA-256, hex. The token has 190 random bits: no salt needed. */
export function hashSessionToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function cookieValue(header: string, name: string): string | null {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    try {
      return decodeURIComponent(pair.slice(equals + 1).trim());
    } catch {
      return null;
    }
  }
  return null;
}
