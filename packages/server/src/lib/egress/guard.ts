import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './address.ts';
import { allows } from './allow-list.ts';
import type { EgressAllow } from './allow-list.ts';
import { EgressError } from './errors.ts';

/** Resolves a name to all its IPv4 and IPv6 addresses, best first; rejects when there is none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/** Resolves as the system does (hosts file, DNS). */
export const systemLookup: Lookup = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * Whether a request may go to this address: every port of a public address over TLS, and what the allow list
 * holds, there without TLS too.
 */
export function mayReach(address: string, port: number, secure: boolean, allow: EgressAllow): boolean {
  return allows(allow, address, port) || (secure && isPublicAddress(address));
}

/** The address written in a URL's host (IPv6 without its brackets), or null when the host is a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? null : bare;
}

/**
 * The addresses that a connection may use. All of them must be allowed: an answer that mixes public and private
 * addresses is refused as a whole, since whoever wrote it may be trying the guard.
 *
 * @throws EgressError `dns` or `blocked`
 */
export async function resolveAllowed(
  hostname: string,
  port: number,
  secure: boolean,
  allow: EgressAllow,
  resolve: Lookup,
): Promise<readonly string[]> {
  const literal = literalAddress(hostname);
  const addresses = literal === null ? await resolved(hostname, resolve) : [literal];
  for (const address of addresses) {
    if (!mayReach(address, port, secure, allow)) throw blocked();
  }
  return addresses;
}

async function resolved(hostname: string, resolve: Lookup): Promise<readonly string[]> {
  let addresses: readonly string[];
  try {
    addresses = await resolve(hostname);
  } catch {
    addresses = [];
  }
  if (addresses.length === 0) throw new EgressError('dns', 'The host name does not resolve to an address.');
  return addresses;
}

/** The one refusal, the same for every reason, so that it says nothing about the network. */
export function blocked(): EgressError {
  return new EgressError('blocked', 'The host is at a private or reserved address, which is not allowed.');
}
