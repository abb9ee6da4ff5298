import type { CsvLayout } from '@trunkline/contract/files';

type Encoding = CsvLayout['encoding'];

/**
 * What Windows-1252 has at 0x80 to 0x9F, where Latin-1 has control characters. Node's own decoder reads them as
 * Latin-1 in some versions.
 */
const windowsLetters = '€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ';

/** The byte of a character in Windows-1252; null when it has none. */
function windowsByte(character: string): number | null {
  const place = windowsLetters.indexOf(character);
  if (place >= 0) return 0x80 + place;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 || (code >= 0xa0 && code < 0x100) ? code : null;
}

/** Whether an encoding has every character of a text. */
export function isEncodable(text: string, encoding: Encoding): boolean {
  if (encoding === 'windows-1252')
    return Array.from(text).every((character) => windowsByte(character) !== null);
  // Half of a pair is no character in any encoding.
  return !/\p{Cs}/u.test(text);
}

/** Bytes of a text. What the encoding lacks becomes a question mark; ask `isEncodable` before. */
export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding !== 'windows-1252') return Buffer.from(encoding === 'utf-8-bom' ? `\u{FEFF}${text}` : text);
  return Buffer.from(Array.from(text, (character) => windowsByte(character) ?? 0x3f));
}

/** Text of bytes without a byte order mark; null when they are not of this encoding. */
export function decode(bytes: Uint8Array, encoding: Encoding): string | null {
  if (encoding === 'windows-1252') {
    return Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\u{80}-\u{9F}]/gu, (control) => windowsLetters.charAt(control.charCodeAt(0) - 0x80));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
