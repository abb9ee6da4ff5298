import { parseAddress } from './address.ts';
import { holds, parseNetwork, wrongNetwork } from './network.ts';
import type { Network } from './network.ts';

interface EgressAllowEntry extends Network {
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

const bracketed = /^\[([^[\]]*)\](?::(.*))?$/;
const dotted = /^([^:]*):(.*)$/;

function parseEntry(entry: string): EgressAllowEntry {
  if (entry === '') throw new Error('an entry is empty');
  const brackets = bracketed.exec(entry);
  const colons = entry.split(':').length - 1;
  const split = brackets ?? (colons === 1 ? dotted.exec(entry) : null);
  const network = split === null ? entry : split[1]!;
  const port = split?.[2] === undefined ? null : parsePort(entry, split[2]);
  if (brackets !== null && !network.includes(':')) throw wrongNetwork(entry, 'only IPv6 stands in brackets');
  return { ...parseNetwork(network, entry), port };
}

function parsePort(entry: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw wrongNetwork(entry, 'the port is a whole number from 1 to 65535');
  }
  return port;
}
