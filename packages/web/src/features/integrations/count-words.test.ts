import { describe, expect, it } from 'vitest';
import { countNotes, shareWords } from './count-words.ts';

const none = { total: 0, active: 0, degraded: 0, errors: 0, pending: 0, disabled: 0 };

describe('counters', () => {
  it('give shares as the documents do', () => {
    const notes = countNotes({ ...none, total: 18, active: 16, errors: 1, disabled: 1 });
    expect(notes).toEqual({ total: 'In this organization', active: '89 %', errors: '6 %', disabled: '6 %' });
  });

  it('say what errors are made of and what is not connected', () => {
    const notes = countNotes({ ...none, total: 10, active: 5, errors: 2, degraded: 1, pending: 2 });
    expect(notes.errors).toBe('30 % · 2 failing, 1 degraded');
    expect(notes.total).toBe('2 not connected yet');
    expect(countNotes({ ...none, total: 4, degraded: 1 }).errors).toBe('25 % · 1 degraded');
  });

  it('have no share of nothing', () => {
    expect(shareWords(0, 0)).toBe('–');
  });
});
