import type { SandboxRequest } from '../exchange.ts';
import { templateReader } from '../template.ts';

/** Values of the names in an address, such as `{ shop: 'acme' }`. */
export type Place = Readonly<Record<string, string>>;

/** Reads the names of an address out of a request that goes there; null when it goes elsewhere. */
export type AddressReader = (request: SandboxRequest) => Place | null;

/**
 * A reader for an address such as `https://{shop}.myshopify.com/admin/oauth/authorize`. Parameters in the address must
 * be in the request too; it may have others.
 */
export function addressReader(template: string): AddressReader {
  const [address, query] = template.split('?');
  const read = templateReader(address!);
  const wanted = [...new URLSearchParams(query)];
  return (request) =>
    wanted.every(([name, value]) => request.query.get(name) === value)
      ? read(`${request.scheme}://${request.host.toLowerCase()}${request.path}`)
      : null;
}

/** Whether two places agree in every name that both have. */
export function samePlace(one: Place, other: Place): boolean {
  return Object.entries(one).every(([name, value]) => other[name] === undefined || other[name] === value);
}
