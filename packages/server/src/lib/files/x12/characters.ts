/*
 * Character sets of X12. The basic set has capital letters, digits and some marks; the extended one adds small letters
 * and more marks. Letters with accents belong to neither.
 */

export type CharacterSet = 'basic' | 'extended';

const basic = /^[A-Z0-9 !"&'()*+,\-./:;?=]*$/;
const extended = /^[A-Za-z0-9 !"&'()*+,\-./:;?=%@[\]_{}\\|<>~^`#$]*$/;

/** Whether every character of a text is in the set. */
export function isInSet(text: string, set: CharacterSet): boolean {
  return (set === 'basic' ? basic : extended).test(text);
}

const spelled: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  ø: 'o',
  Ø: 'O',
  œ: 'oe',
  Œ: 'OE',
  đ: 'd',
  Đ: 'D',
  ł: 'l',
  Ł: 'L',
  þ: 'th',
  Þ: 'TH',
  ı: 'i',
  '’': "'",
  '‘': "'",
  '–': '-',
  '—': '-',
};

/** A text with plain letters instead of accented ones, such as Jose for José; what has none stays as it is. */
export function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[ßæÆøØœŒđĐłŁþÞı’‘–—]/g, (letter) => spelled[letter] ?? letter);
}
