import ipaddr from 'ipaddr.js';
import { parseAddress } from './address.ts';
import type { IpAddress } from './address.ts';

/** All addresses that begin with the same `prefix` bits as `network`. */
export interface Network {
  readonly network: IpAddress;
  readonly prefix: number;
}

/**
 * Reads a network in CIDR form or a single address; `entry` is what a refusal repeats.
 *
 * @throws Error naming the entry and the reason
 */
export function parseNetwork(text: string, entry = text): Network {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const network = parseAddress(address);
  if (network === null) throw wrongNetwork(entry, 'it does not start with an IPv4 or IPv6 address');
  if (network instanceof ipaddr.IPv4 && address.includes(':')) {
    throw wrongNetwork(entry, 'write the IPv4 network that it stands for');
  }
  const bits = network instanceof ipaddr.IPv4 ? 32 : 128;
  if (slash === -1) return { network, prefix: bits };
  const length = text.slice(slash + 1);
  const prefix = Number(length);
  if (!/^\d{1,3}$/.test(length) || prefix > bits) {
    throw wrongNetwork(entry, `the prefix length is a whole number from 0 to ${bits}`);
  }
  const first = firstAddress(network, prefix);
  if (first.toNormalizedString() !== network.toNormalizedString()) {
    throw wrongNetwork(entry, `the network starts at ${first.toString()}/${prefix}`);
  }
  return { network, prefix };
}

/** Whether an address lies in a network. */
export function holds(entry: Network, address: IpAddress): boolean {
  if (address instanceof ipaddr.IPv4) {
    return entry.network instanceof ipaddr.IPv4 && address.match(entry.network, entry.prefix);
  }
  return entry.network instanceof ipaddr.IPv6 && address.match(entry.network, entry.prefix);
}

/** Its CIDR form, one spelling for one network. */
export function networkText({ network, prefix }: Network): string {
  return `${network.toString()}/${prefix}`;
}

function firstAddress(network: IpAddress, prefix: number): IpAddress {
  const bytes = network.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return ipaddr.fromByteArray(bytes);
}

export function wrongNetwork(entry: string, reason: string): Error {
  return new Error(`"${entry}" is not a network: ${reason}`);
}
