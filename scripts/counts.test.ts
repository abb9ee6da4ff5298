import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, summary } from './lib/counts.mjs';

const file = (status: string, ...tests: string[]) => ({
  name: 'a.test.ts',
  status,
  message: tests.length === 0 ? 'cannot be loaded' : '',
  assertionResults: tests.map((test, index) => ({
    status: test,
    fullName: `works ${String(index + 1)}`,
    failureMessages:
      test === 'failed' ? ['\u001b[31mexpected 1\u001b[39m\n\n  to be 2\n    at a.test.ts:3'] : [],
  })),
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
  suites: [],
});

describe('countVitest', () => {
  it('takes the counts of the report', () => {
    const counts = countVitest(report(2, 1, file('passed', 'passed'), file('failed', 'passed', 'failed')), 1);
    expect(counts).toMatchObject({ passed: 2, failed: 1, skipped: 0 });
  });

  it('names what failed, with what it said and without colours', () => {
    const { failures } = countVitest(report(1, 1, file('failed', 'passed', 'failed'), file('failed')), 1);
    expect(failures).toEqual([
      '✗ a.test.ts › works 2\n    expected 1\n      to be 2\n        at a.test.ts:3',
      '✗ a.test.ts\n    cannot be loaded',
    ]);
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
    expect(countPlaywright(stats(4, 1, 1, 2), 1)).toMatchObject({ passed: 4, failed: 2, skipped: 2 });
  });

  it('names what failed in a group, or passed only when repeated', () => {
    const spec = (title: string, status: string, message?: string) => ({
      title,
      file: 'a.spec.ts',
      line: 4,
      ok: status === 'expected',
      tests: [{ status, results: [{ error: message === undefined ? undefined : { message } }] }],
    });
    const inner = { title: 'group', file: 'a.spec.ts', specs: [spec('third', 'flaky', 'timed out')] };
    const specs = [spec('first', 'expected'), spec('second', 'unexpected', 'no button')];
    const suites = [{ title: 'a.spec.ts', file: 'a.spec.ts', specs, suites: [inner] }];
    expect(countPlaywright({ ...stats(1, 1, 1), suites }, 1).failures).toEqual([
      '✗ a.spec.ts:4 › second\n    no button',
      '✗ a.spec.ts:4 › third\n    timed out',
    ]);
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
    expect(summary([part, { ...part, failures: ['✗ one'] }])).toBe('✗ one\n4 passed, 2 failed');
  });
});
