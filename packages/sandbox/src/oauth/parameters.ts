import type { SandboxRequest } from '../exchange.ts';
import { Refusal } from './refusal.ts';

/** Parameters by name. One without a value counts as left out (RFC 6749, section 3.1). */
export type Parameters = ReadonlyMap<string, string>;

/** Each name at most once: the first value, without empty ones. */
export function firstOf(search: URLSearchParams): Parameters {
  const found = new Map<string, string>();
  for (const [name, value] of search) if (value !== '' && !found.has(name)) found.set(name, value);
  return found;
}

/** Whether a name comes more than once. */
export function hasRepeated(search: URLSearchParams): boolean {
  const names = [...search.keys()];
  return new Set(names).size < names.length;
}

/** The body, when it is a form. */
export function formOf(request: SandboxRequest): URLSearchParams | null {
  const [type] = (request.headers['content-type'] ?? '').split(';');
  if (type!.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return null;
  return new URLSearchParams(request.body.toString('utf8'));
}

/**
 * The parameters of a request that a program sends.
 *
 * @throws Refusal when it is not a form, repeats a parameter, or has a secret in its address
 */
export function programParameters(request: SandboxRequest): Parameters {
  const form = formOf(request);
  if (!form) throw new Refusal('malformed');
  if (hasRepeated(form)) throw new Refusal('repeated_parameter');
  const secrets = ['client_secret', 'code', 'refresh_token', 'code_verifier'];
  if (secrets.some((name) => request.query.has(name))) throw new Refusal('secret_in_address');
  return firstOf(form);
}

/** @throws Refusal when it is missing */
export function needed(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new Refusal('malformed');
  return value;
}
