/** Before the slug of every provider that an organization added itself; no built-in one begins so. */
const prefix = 'custom-';

/** Says whether a slug is one of a custom provider. */
export function isCustom(slug: string): boolean {
  return slug.startsWith(prefix);
}

/**
 * The slug of a custom provider of this name, beside those that are taken: `Ärzte Post` becomes `custom-arzte-post`. A
 * name without Latin letters and digits becomes `custom-provider`.
 */
export function customSlug(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  const base = prefix + (words === null ? 'provider' : words.join('-').slice(0, 60).replace(/-$/, ''));
  for (let number = 2, slug = base; ; slug = `${base}-${number++}`) if (!taken.has(slug)) return slug;
}
