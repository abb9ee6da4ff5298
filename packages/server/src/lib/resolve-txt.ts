import { Resolver } from 'node:dns/promises';

/**
 * The TXT records of a name, each put together from its pieces; rejects with a DNS error code, `ENOTFOUND` when there is
 * none. Asks the system's name servers, or those given as `address:port`.
 */
export async function resolveTxt(name: string, servers?: readonly string[]): Promise<string[]> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const records = await resolver.resolveTxt(name);
  return records.map((pieces) => pieces.join(''));
}
