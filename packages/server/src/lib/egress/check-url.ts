import type { EgressAllow } from './allow-list.ts';
import { EgressError } from './errors.ts';
import { literalAddress, mayReach, resolveAllowed } from './guard.ts';
import type { Lookup } from './guard.ts';

export type UrlProblem =
  'webhook_url_invalid' | 'webhook_url_not_https' | 'webhook_url_unsafe' | 'webhook_url_unreachable';

export interface UrlAccepted {
  ok: true;
  url: URL;
  /** Plain `http:`, to an address of the allow list. */
  allowedInsecure: boolean;
}

export interface UrlRefused<Code extends UrlProblem = UrlProblem> {
  ok: false;
  code: Code;
  /** What is wrong and what to do, for people. */
  detail: string;
}

type Refused = UrlRefused<Exclude<UrlProblem, 'webhook_url_unreachable'>>;

/** Long enough for a slow resolver's second try. */
const resolveTimeoutMs = 5_000;

/**
 * Checks a URL that a user gave, without the network: its form, that it is HTTPS, and the address if it names
 * one in any spelling (the WHATWG URL parser turns all of them into one). Plain `http:` passes only for an address
 * and port of the allow list, so never for a name: that takes {@link checkUrlResolved}.
 */
export function checkUrl(url: string, allow: EgressAllow): UrlAccepted | Refused {
  const parsed = parse(url);
  if (!(parsed instanceof URL)) return parsed;
  const literal = literalAddress(parsed.hostname);
  const secure = parsed.protocol === 'https:';
  if (literal === null) {
    if (!secure) return notHttps();
    return allow.length === 0 && isLocalName(parsed.hostname) ? unsafe() : accepted(parsed);
  }
  if (mayReach(literal, portOf(parsed), secure, allow)) return accepted(parsed);
  return secure ? unsafe() : notHttps();
}

/**
 * {@link checkUrl}, and then resolves the name: every address must be allowed. A plain `http:` URL passes when all its
 * addresses are in the allow list. The name may resolve otherwise later: the connector checks again whenever it connects.
 */
export async function checkUrlResolved(
  url: string,
  allow: EgressAllow,
  resolve: Lookup,
): Promise<UrlAccepted | UrlRefused> {
  const parsed = parse(url);
  if (!(parsed instanceof URL)) return parsed;
  const secure = parsed.protocol === 'https:';
  // Without an allow list no answer could make plain http right, so do not ask.
  if (literalAddress(parsed.hostname) !== null || (!secure && allow.length === 0))
    return checkUrl(url, allow);
  try {
    await resolveAllowed(parsed.hostname, portOf(parsed), secure, allow, within(resolveTimeoutMs, resolve));
    return accepted(parsed);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    // Plain http to a name nobody can look up is not on the allow list either.
    if (error.code === 'dns' && secure) {
      return {
        ok: false,
        code: 'webhook_url_unreachable',
        detail: 'The host name does not resolve to an address. Check its spelling and its DNS records.',
      };
    }
    return secure ? unsafe() : notHttps();
  }
}

/**
 * {@link checkUrlResolved} for a URL that is being saved: a name that does not resolve just now is accepted, as its
 * address is checked again each time it is called.
 */
export async function checkUrlToSave(
  url: string,
  allow: EgressAllow,
  resolve: Lookup,
): Promise<UrlAccepted | Refused> {
  const check = await checkUrlResolved(url, allow, resolve);
  if (check.ok) return check;
  const { code, detail } = check;
  return code === 'webhook_url_unreachable' ? accepted(new URL(url)) : { ok: false, code, detail };
}

/** The port of an `http:` or `https:` URL, also when it is the scheme's own. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** The parser drops control characters and repairs slashes; what needs that is not what the user meant. */
const wellFormed = /^https?:\/\/[^/\\?#\s]/i;
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const controls = /[\u0000-\u001f\u007f]/;

function parse(text: string): URL | Refused {
  if (controls.test(text)) return invalid('It contains a control character such as a tab or line break.');
  if (!URL.canParse(text)) return invalid('Write it in full, as in https://example.com/webhooks.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return invalid('It must start with https://.');
  if (!wellFormed.test(text.trim())) return invalid('Write it in full, as in https://example.com/webhooks.');
  if (url.username !== '' || url.password !== '') {
    return invalid('It must not contain a user name or password.');
  }
  if (url.port === '0') return invalid('The port must be from 1 to 65535.');
  return url;
}

function isLocalName(hostname: string): boolean {
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  return name === 'localhost' || name.endsWith('.localhost');
}

function accepted(url: URL): UrlAccepted {
  return { ok: true, url, allowedInsecure: url.protocol === 'http:' };
}

function invalid(detail: string): Refused {
  return { ok: false, code: 'webhook_url_invalid', detail: `This is not a valid URL. ${detail}` };
}

function notHttps(): Refused {
  return { ok: false, code: 'webhook_url_not_https', detail: 'The URL must start with https://.' };
}

function unsafe(): Refused {
  return {
    ok: false,
    code: 'webhook_url_unsafe',
    detail:
      'The host is at a private or reserved address. Use an address that is reachable from the internet.',
  };
}

function within(ms: number, resolve: Lookup): Lookup {
  return (hostname) =>
    new Promise((settle, reject) => {
      const timer = setTimeout(() => reject(new Error('too slow')), ms);
      resolve(hostname)
        .then(settle, reject)
        .finally(() => clearTimeout(timer));
    });
}
