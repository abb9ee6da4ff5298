/* Texts with names in braces: filled with values, or turned round to find the values in a text. */

const placeholder = /\{([A-Za-z]+)\}/g;

/** Fills the names that have a value; the others stay as they are. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(placeholder, (whole, name: string) => values[name] ?? whole);
}

/** The names in a template. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(placeholder)].map((match) => match[1]!);
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Reads values out of a text that was made of a template; null when it was not. */
export type TemplateReader = (text: string) => Record<string, string> | null;

/**
 * The reverse of filling. In an address a name stands for anything without a slash, and at the very start, where it is
 * a whole address, for anything at all. In a header it stands for anything, and letters count in any case.
 */
export function templateReader(template: string, place: 'address' | 'header' = 'address'): TemplateReader {
  const names = namesIn(template);
  const parts = template.split(placeholder).map((part, index) => {
    if (index % 2 === 0) return escaped(part);
    if (place === 'header') return '(.+)';
    return index === 1 && template.startsWith('{') ? '([^?#]+?)' : '([^/?#]+?)';
  });
  const pattern = new RegExp(`^${parts.join('')}$`, place === 'header' ? 'i' : '');
  return (text) => {
    const match = pattern.exec(text);
    return match && Object.fromEntries(names.map((name, index) => [name, match[index + 1]!]));
  };
}
