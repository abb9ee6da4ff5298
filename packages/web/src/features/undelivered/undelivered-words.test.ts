import { describe, expect, it } from 'vitest';
import { toLocalInput } from '../webhooks/local-time.ts';
import { addressOf, choiceOf, emptyTitle, outcomeOf } from './undelivered-words.ts';

const now = Date.parse('2026-11-23T10:30:00.000Z');

describe('the time in the address', () => {
  it('goes there and back for spans and for a time of ones own', () => {
    const own = { choice: 'own', typed: toLocalInput(now - 60_000) } as const;
    for (const { choice, typed } of [{ choice: '7d', typed: '' } as const, own]) {
      expect(choiceOf(addressOf(choice, typed), now)).toMatchObject({ choice });
    }
    expect(choiceOf(addressOf(own.choice, own.typed), now).typed).toBe(own.typed);
  });

  it('takes the last 24 hours when there is none, and leaves them out', () => {
    expect(choiceOf(undefined, now).choice).toBe('24h');
    expect(addressOf('24h', '')).toBeUndefined();
    expect(addressOf('own', '2026-')).toBeUndefined();
    expect(choiceOf('nonsense', now)).toEqual({ choice: 'own', typed: toLocalInput(now - 86_400_000) });
  });
});

describe('outcomeOf', () => {
  it('reads any other word as all', () => {
    expect(outcomeOf('waiting')).toBe('waiting');
    expect(outcomeOf('delivered')).toBe('all');
    expect(outcomeOf(undefined)).toBe('all');
  });
});

describe('emptyTitle', () => {
  it('says plainly that everything was delivered', () => {
    expect(emptyTitle('all', '23 Nov', null)).toBe('Everything since 23 Nov was delivered');
    expect(emptyTitle('all', '23 Nov', 'Billing')).toBe('Everything since 23 Nov was delivered to Billing');
  });

  it('does not claim it of a part of the outcomes', () => {
    expect(emptyTitle('dead_lettered', '23 Nov', null)).not.toContain('delivered');
    expect(emptyTitle('waiting', '23 Nov', 'Billing')).toBe('Everything since 23 Nov is settled at Billing');
  });
});
