import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** A platform service of a cloud provider that answers from every network; by its range it looks public. */
const azurePlatform = '168.63.129.16';

/**
 * Reads an IP address in its standard spelling; null for anything else, also for one with a zone. An
 * IPv4-mapped IPv6 address becomes the IPv4 address that it reaches.
 */
export function parseAddress(text: string): IpAddress | null {
  const version = isIP(text);
  if (version === 0 || text.includes('%')) return null;
  if (version === 4) return ipaddr.IPv4.parse(text);
  // ipaddr.js takes ::1.2.3.4 for ::ffff:1.2.3.4; the URL parser writes both without dots.
  return ipaddr.process(new URL(`http://[${text}]`).hostname.slice(1, -1));
}

/**
 * Whether the address is globally routable unicast, so that a request to it cannot reach this machine, its
 * network or a cloud's metadata service. IPv6 is public only within 2000::/3; an address that wraps an IPv4
 * address is judged by it (mapped, NAT64 with the well-known prefix) or refused (6to4, Teredo, ISATAP,
 * IPv4-compatible, local NAT64). Not an address: false. (IANA special-purpose registries, RFC 6890.)
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  return parsed instanceof ipaddr.IPv4 ? isPublicIPv4(parsed) : isPublicIPv6(parsed);
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && address.toString() !== azurePlatform;
}

function isPublicIPv6(address: ipaddr.IPv6): boolean {
  const parts = address.parts;
  const wrapped = embeddedByNat64(parts);
  if (wrapped !== null) return isPublicIPv4(wrapped);
  return (parts[0]! & 0xe000) === 0x2000 && address.range() === 'unicast' && !isIsatap(parts);
}

/** 64:ff9b::/96 (RFC 6052); what resolvers give on networks without IPv4. */
function embeddedByNat64(parts: readonly number[]): ipaddr.IPv4 | null {
  if (parts[0] !== 0x64 || parts[1] !== 0xff9b) return null;
  if (parts[2] !== 0 || parts[3] !== 0 || parts[4] !== 0 || parts[5] !== 0) return null;
  return new ipaddr.IPv4([parts[6]! >> 8, parts[6]! & 0xff, parts[7]! >> 8, parts[7]! & 0xff]);
}

/** An interface id of 00-00-5E-FE and an IPv4 address, whatever its universal and group bits (RFC 5214, 6.1). */
function isIsatap(parts: readonly number[]): boolean {
  return (parts[4]! & ~0x0300) === 0 && parts[5] === 0x5efe;
}
