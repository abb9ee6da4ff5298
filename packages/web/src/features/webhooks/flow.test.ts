import { defaultFlow } from '@trunkline/contract/webhooks';
import { describe, expect, it } from 'vitest';
import { changedFlow, flowProblems, flowWords } from './flow.ts';

describe('flowProblems', () => {
  it('takes empty fields and whole numbers within the limits', () => {
    expect(flowProblems(defaultFlow)).toEqual({});
    expect(flowProblems({ ...defaultFlow, maxConcurrency: 512, ratePerSecond: 10_000 })).toEqual({});
  });

  it('refuses what the server would', () => {
    const flow = { ...defaultFlow, maxConcurrency: 513, ratePerSecond: 0, catchUpPerSecond: 1.5 };
    expect(Object.keys(flowProblems(flow))).toEqual(['maxConcurrency', 'ratePerSecond', 'catchUpPerSecond']);
  });
});

describe('flowWords', () => {
  it('names only what differs from the usual', () => {
    expect(flowWords(defaultFlow)).toBeNull();
    expect(
      flowWords({ maxConcurrency: 1, ratePerSecond: 1000, catchUpPerSecond: null, ordering: 'skip' }),
    ).toBe('1 at once, at most 1,000 a second, in order per subject, skipping dead letters');
  });
});

describe('changedFlow', () => {
  it('holds the changed fields, an emptied one as null', () => {
    const before = { ...defaultFlow, ratePerSecond: 5 };
    expect(changedFlow(before, { ...before, ratePerSecond: null })).toEqual({ ratePerSecond: null });
    expect(changedFlow(before, { ...before })).toEqual({});
  });
});
