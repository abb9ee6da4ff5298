import { describe, expect, it } from 'vitest';
import { fieldWords, layoutWords, moved } from './layout-form.ts';

describe('the form of a layout', () => {
  it('moves columns, and not over the ends', () => {
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
  });

  it('says how files are written', () => {
    expect(
      layoutWords({
        columns: [],
        header: true,
        delimiter: ';',
        dateFormat: 'DD/MM/YYYY',
        decimalMark: ',',
        lineEnd: '\r\n',
        encoding: 'utf-8',
        escapeFormulas: true,
      }),
    ).toBe('semicolon, DD/MM/YYYY, 1234,56');
    expect(['addressLine1', 'ssn', 'yearPay'].map(fieldWords)).toEqual(['Address line 1', 'SSN', 'Year pay']);
  });
});
