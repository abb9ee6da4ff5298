import { readdirSync } from 'node:fs';
import type { Provider } from './provider.ts';

/** Files of this folder that are not a provider. */
const others = new Set(['provider', 'classify', 'all-providers']);

/**
 * Reads every provider of this folder, found by its place: a new one is a new file and nothing else (CAT-7). In the
 * order of their names.
 *
 * @throws Error when a file does not hold exactly one provider with the file's own name
 */
async function readProviders(): Promise<readonly Provider[]> {
  const files = readdirSync(import.meta.dirname)
    .map((file) => /^([a-z0-9-]+)\.(?:ts|js)$/.exec(file))
    .filter((match) => match !== null && !others.has(match[1]!));
  const found: Provider[] = [];
  for (const match of files) {
    const exported = Object.values(
      (await import(/* @vite-ignore */ `./${match![0]}`)) as Record<string, Provider>,
    );
    const [provider] = exported;
    if (provider === undefined || exported.length !== 1 || provider.slug !== match![1]) {
      throw new Error(`providers/${match![0]} must export one provider with the slug ${match![1]}`);
    }
    found.push(provider);
  }
  return found.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

export const allProviders: readonly Provider[] = await readProviders();
const bySlug = new Map(allProviders.map((provider) => [provider.slug, provider]));

/** The provider with this slug. */
export function findProvider(slug: string): Provider | undefined {
  return bySlug.get(slug);
}
