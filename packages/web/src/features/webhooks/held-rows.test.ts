import { describe, expect, it } from 'vitest';
import { splitAtAnchor } from './held-rows.ts';

const rows = ['d', 'c', 'b', 'a'].map((id) => ({ id }));

describe('splitAtAnchor', () => {
  it('shows everything while the list follows', () => {
    expect(splitAtAnchor(rows, null)).toEqual({ shown: rows, waiting: 0 });
  });

  it('keeps newer rows back, also when the anchor itself has left the list', () => {
    expect(splitAtAnchor(rows, 'b')).toEqual({ shown: [{ id: 'b' }, { id: 'a' }], waiting: 2 });
    expect(splitAtAnchor(rows, 'bb')).toEqual({ shown: [{ id: 'b' }, { id: 'a' }], waiting: 2 });
  });
});
