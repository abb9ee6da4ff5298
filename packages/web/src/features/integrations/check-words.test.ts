import type { CheckStep } from '@trunkline/contract/checks';
import { describe, expect, it } from 'vitest';
import { outcomeWords } from './check-words.ts';

function step(status: CheckStep['status'], label = 'Step'): CheckStep {
  return { key: 'dns', label, status, detail: '', durationMs: 1 };
}

describe('outcomeWords', () => {
  it('counts the steps that passed', () => {
    const steps = [step('ok'), step('ok'), step('skipped')];
    expect(outcomeWords({ ok: true, steps, durationMs: 840 })).toBe('All 2 steps passed in 840 ms');
    expect(outcomeWords({ ok: true, steps: [step('ok')], durationMs: 5 })).toBe('The check passed in 5 ms');
  });

  it('names the step that failed', () => {
    const steps = [step('ok'), step('failed', 'Log in'), step('skipped')];
    expect(outcomeWords({ ok: false, steps, durationMs: 1200 })).toBe('Stopped at “Log in” after 1.20 s');
  });

  it('tells of warnings', () => {
    const steps = [step('ok'), step('warning')];
    expect(outcomeWords({ ok: true, steps, durationMs: 90 })).toBe('It works, with 1 warning, in 90 ms');
  });
});
