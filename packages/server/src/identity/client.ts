import ipaddr from 'ipaddr.js';

/**
 * The header in which the HTTP server hands on the client's address, taken from the socket or from a
 * trusted proxy. The server must overwrite whatever the client sent under this name.
 */
export const clientAddressHeader = 'x-trunkline-client-address';

const unknownAddress = 'unknown';

/** Who sent a request, as far as sign-in cares. */
export interface Client {
  /** Canonical IP address, or null when the server gave none or something else. */
  address: string | null;
  /** What failed attempts are counted under: the IPv4 address or the IPv6 /64. Unknown clients share one. */
  network: string;
  /** At most 512 printable ASCII characters. */
  userAgent: string;
}

/** Reads address and user agent from request headers. Both are untrusted text and are cleaned here. */
export function readClient(headers: Headers): Client {
  const userAgent = (headers.get('user-agent') ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 512);
  const text = headers.get(clientAddressHeader)?.trim() ?? '';
  if (!ipaddr.isValid(text)) return { address: null, network: unknownAddress, userAgent };
  const address = ipaddr.process(text);
  return { address: address.toString(), network: networkOf(address), userAgent };
}

/** One household or host owns a whole IPv6 /64, so its addresses count as one. */
function networkOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  return address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':');
}
