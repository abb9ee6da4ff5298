import { describe, expect, it } from 'vitest';
import { csvLine } from './csv-line.ts';

describe('a line of CSV', () => {
  it('quotes what needs it and disarms formulas, also behind spaces', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng', null, 1.5])).toBe('a,"b,c","d""e","f\ng",,1.5\r\n');
    for (const start of ['=', '+', '-', '@', '\t=', '\r=', '  =']) {
      expect(
        csvLine([`${start}1`])
          .replace(/^"/, '')
          .startsWith(`'${start}`),
      ).toBe(true);
    }
  });
});
