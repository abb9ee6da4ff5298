import { EgressError } from './errors.ts';

/** A URL in the two pieces that a request needs; keep it to save parsing the URL for every request. */
export interface Target {
  /** Scheme, host and port, as `URL.origin` spells it. */
  readonly origin: string;
  /** Path and query, beginning with a slash. */
  readonly path: string;
}

/**
 * Splits a URL for the sender.
 *
 * @throws EgressError `protocol` when it is not an http(s) URL or carries credentials
 */
export function targetOf(url: string | URL): Target {
  const parsed = typeof url === 'string' ? parse(url) : url;
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') throw notAUrl();
  if (parsed.username !== '' || parsed.password !== '') {
    throw new EgressError('protocol', 'The URL must not contain a user name or password.');
  }
  return { origin: parsed.origin, path: parsed.pathname + parsed.search };
}

function parse(url: string): URL {
  if (!URL.canParse(url)) throw notAUrl();
  return new URL(url);
}

function notAUrl(): EgressError {
  return new EgressError('protocol', 'This is not an http or https URL.');
}
