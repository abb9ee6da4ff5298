/** The most of a body that is shown, in bytes. */
export const shownBytes = 262_144;

const mask = '[redacted]';
/** A shorter key would mask parts of ordinary words. */
const fewestCharacters = 4;

/**
 * The start of a body as text, without the keys that some providers send in it; null when it is no text in UTF-8. A
 * character that is cut in two at the end is left out.
 */
export function bodyText(start: Buffer, keys: readonly string[]): string | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(start, { stream: true });
  } catch {
    return null;
  }
  if (text.includes('\0')) return null;
  for (const key of keys) if (key.length >= fewestCharacters) text = text.replaceAll(key, mask);
  return text;
}
