import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from './file-content.ts';

describe('the content of files', () => {
  it('goes to base64 and back, also when it is long and no text', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => (index * 7) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });
});
