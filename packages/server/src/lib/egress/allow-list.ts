import ipaddr from 'ipaddr.js';
import { parseAddress } from './address.ts';
import type { IpAddress } from './address.ts';

interface EgressAllowEntry {
  readonly network: IpAddress;
  readonly prefix: number;
  /** Null: every port. */
  readonly port: number | null;
}

/** Networks and ports that the egress guard lets through although they are private. */
export type EgressAllow = readonly EgressAllowEntry[];

/**
 * Reads `TRUNKLINE_EGRESS_ALLOW`: comma-separated networks in CIDR form or bare addresses, each with an optional
 * port: `10.0.0.0/8`, `127.0.0.1:8080`, `fd00::/8`, `[::1]:8080`, `[fd00::/8]:443`. An empty text is an empty list.
 *
 * @throws Error naming the wrong entry and the reason
 */
export function parseEgressAllow(text: string): EgressAllow {
  if (text.trim() === '') return [];
  return text.split(',').map((entry) => parseEntry(entry.trim()));
}

/** Whether one of the entries holds this address and port. */
export function allows(list: EgressAllow, address: string, port: number): boolean {
  if (list.length === 0) return false;
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  return list.some((entry) => (entry.port === null || entry.port === port) && holds(entry, parsed));
}

function holds(entry: EgressAllowEntry, address: IpAddress): boolean {
  if (address instanceof ipaddr.IPv4) {
    return entry.network instanceof ipaddr.IPv4 && address.match(entry.network, entry.prefix);
  }
  return entry.network instanceof ipaddr.IPv6 && address.match(entry.network, entry.prefix);
}

const bracketed = /^\[([^[\]]*)\](?::(.*))?$/;
const dotted = /^([^:]*):(.*)$/;

function parseEntry(entry: string): EgressAllowEntry {
  if (entry === '') throw new Error('an entry is empty');
  const brackets = bracketed.exec(entry);
  const colons = entry.split(':').length - 1;
  const split = brackets ?? (colons === 1 ? dotted.exec(entry) : null);
  const network = split === null ? entry : split[1]!;
  const port = split?.[2] === undefined ? null : parsePort(entry, split[2]);
  if (brackets !== null && !network.includes(':')) throw wrong(entry, 'only IPv6 stands in brackets');
  return { ...parseNetwork(entry, network), port };
}

function parsePort(entry: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw wrong(entry, 'the port is a whole number from 1 to 65535');
  }
  return port;
}

function parseNetwork(entry: string, text: string): { network: IpAddress; prefix: number } {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const network = parseAddress(address);
  if (network === null) throw wrong(entry, 'it does not start with an IPv4 or IPv6 address');
  if (network instanceof ipaddr.IPv4 && address.includes(':')) {
    throw wrong(entry, 'write the IPv4 network that it stands for');
  }
  const bits = network instanceof ipaddr.IPv4 ? 32 : 128;
  if (slash === -1) return { network, prefix: bits };
  const length = text.slice(slash + 1);
  const prefix = Number(length);
  if (!/^\d{1,3}$/.test(length) || prefix > bits) {
    throw wrong(entry, `the prefix length is a whole number from 0 to ${bits}`);
  }
  const first = firstAddress(network, prefix);
  if (first.toNormalizedString() !== network.toNormalizedString()) {
    throw wrong(entry, `the network starts at ${first.toString()}/${prefix}`);
  }
  return { network, prefix };
}

function firstAddress(network: IpAddress, prefix: number): IpAddress {
  const bytes = network.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return ipaddr.fromByteArray(bytes);
}

function wrong(entry: string, reason: string): Error {
  return new Error(`"${entry}" is not a network: ${reason}`);
}
