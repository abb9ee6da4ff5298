import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, summary } from './lib/counts.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});
const report = (passed: number, failed: number, ...testResults: ReturnType<typeof file>[]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults,
});
const stats = (expected: number, unexpected = 0, flaky = 0, skipped = 0) => ({
  stats: { expected, unexpected, flaky, skipped },
});

describe('countVitest', () => {
  it('takes the counts of the report', () => {
    const counts = countVitest(report(2, 1, file('passed', 'passed'), file('failed', 'passed', 'failed')), 1);
    expect(counts).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it('counts a file that does not load', () => {
    expect(countVitest(report(1, 0, file('passed', 'passed'), file('failed')), 1).failed).toBe(1);
  });

  it.each([
    ['no report', undefined, 1],
    ['an error outside the tests', report(3, 0, file('passed', 'passed')), 1],
    ['no tests', report(0, 0), 0],
  ])('counts %s as a failure', (_, input, code) => {
    expect(countVitest(input, code).failed).toBe(1);
  });
});

describe('countPlaywright', () => {
  it('counts a test that passed only when repeated as failed', () => {
    expect(countPlaywright(stats(4, 1, 1, 2), 1)).toEqual({ passed: 4, failed: 2, skipped: 2 });
  });

  it.each([
    ['no report', undefined, 1],
    ['a failed set-up', stats(0), 1],
    ['a failed clean-up', stats(5), 1],
    ['no tests', stats(0), 0],
  ])('counts %s as a failure', (_, input, code) => {
    expect(countPlaywright(input, code).failed).toBe(1);
  });
});

describe('summary', () => {
  it('sums the parts and mentions skipped tests only when there are some', () => {
    const part = { passed: 2, failed: 1, skipped: 0 };
    expect(summary([part, part])).toBe('4 passed, 2 failed');
    expect(summary([part, { passed: 0, failed: 0, skipped: 3 }])).toBe('2 passed, 1 failed, 3 skipped');
  });
});
