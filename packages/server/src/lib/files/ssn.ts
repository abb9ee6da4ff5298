export type SsnLook = 'issued' | 'example' | 'itin' | 'never_issued';

/**
 * What a social security number of nine digits looks like. Whether it was given to anybody is not known.
 * `example`: one of the ten that are kept for advertisements; `itin`: begins with 9, a taxpayer number at best.
 */
export function lookOfSsn(digits: string): SsnLook {
  if (/^98765432\d$/.test(digits)) return 'example';
  if (/^(?:000|666)|^\d{3}00|0000$/.test(digits)) return 'never_issued';
  return digits.startsWith('9') ? 'itin' : 'issued';
}
