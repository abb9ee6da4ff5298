import { describe, expect, it } from 'vitest';
import { fullWords, usageOf } from './usage-words.ts';

describe('usageOf', () => {
  it('says how much of the limit is used', () => {
    expect(usageOf(247, 25_000)).toEqual({ text: '247 of 25,000 (0.9 %)', tone: 'active' });
    expect(usageOf(800, 1000).tone).toBe('degraded');
    expect(usageOf(1000, 1000)).toEqual({ text: '1,000 of 1,000 (100 %)', tone: 'error' });
  });

  it('counts without a limit too', () => {
    expect(usageOf(1247, null).text).toBe('1,247, no limit');
  });
});

describe('fullWords', () => {
  const limits = { perHour: 10, perDay: 100, onLimit: 'queue' as const };

  it('says nothing while there is room', () => {
    expect(fullWords(limits, { hour: 9, day: 99 }, 'calls')).toBeNull();
    expect(fullWords({ ...limits, perHour: null, perDay: null }, { hour: 9, day: 99 }, 'calls')).toBeNull();
  });

  it('says until when calls wait or are refused', () => {
    expect(fullWords(limits, { hour: 10, day: 10 }, 'emails')).toBe(
      'The limit is reached: further emails wait until the next full hour.',
    );
    expect(fullWords({ ...limits, onLimit: 'refuse' }, { hour: 10, day: 100 }, 'calls')).toBe(
      'The limit is reached: further calls are refused until midnight, UTC.',
    );
  });
});
