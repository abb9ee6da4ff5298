/** Colours of a monogram; each is checked for contrast in both themes (ProviderLogo.module.css). */
export const monogramHues = ['blue', 'violet', 'pink', 'red', 'orange', 'green', 'teal', 'slate'] as const;
export type MonogramHue = (typeof monogramHues)[number];

/** A word, or a part of one that begins with a capital: `GitHub` has two. */
const part = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{N}]+|\p{Lu}/gu;

/** Two letters that stand for a name: `Google Calendar` GC, `GitHub` GH, `Slack` Sl, `Amazon S3` S3. */
export function monogram(name: string): string {
  const words = name
    .replaceAll(/\(.*?\)/g, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  // What tells the services of one company apart is often a short word in capitals.
  const short = words.slice(1).find((word) => /^\p{Lu}[\p{Lu}\p{N}]{1,2}$/u.test(word));
  if (short) return short.slice(0, 2);
  const [first = '?', second] = words.flatMap((word) => word.match(part) ?? []);
  const letters = second ? `${first[0]}${second[0]}`.toUpperCase() : first.slice(0, 2);
  return letters.charAt(0).toUpperCase() + letters.slice(1);
}

/** The colour of a provider, the same everywhere and always. */
export function monogramHue(slug: string): MonogramHue {
  let hash = 7;
  for (const letter of slug) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return monogramHues[hash % monogramHues.length] ?? 'slate';
}
