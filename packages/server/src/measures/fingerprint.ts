import { createHash } from 'node:crypto';

/**
 * The same for errors that are the same to a person: numbers, ids and addresses in the texts differ from one time to the
 * next and do not count.
 */
export function fingerprintOf(parts: readonly (string | null)[]): string {
  const text = parts.map((part) => withoutParticulars(part ?? '')).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

function withoutParticulars(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, '#')
    .replaceAll(/\b[\w-]*\d[\w-]*\b/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
