import { describe, expect, it } from 'vitest';
import { fromLocalInput, toLocalInput } from './local-time.ts';

describe('local time of a field', () => {
  it('comes back as the same minute', () => {
    const at = Date.parse('2026-01-05T03:04:59Z');
    expect(toLocalInput(at)).toMatch(/^2026-01-0\dT\d\d:\d\d$/);
    expect(fromLocalInput(toLocalInput(at))).toBe(Date.parse('2026-01-05T03:04:00Z'));
  });

  it('is nothing while incomplete', () => {
    expect(fromLocalInput('')).toBeNull();
    expect(fromLocalInput('2026-')).toBeNull();
  });
});
