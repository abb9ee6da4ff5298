import { describe, expect, it } from 'vitest';
import { runActionsOnce } from './actions/one-run.ts';
import { makeActionPlan } from './actions/plan.ts';

describe('the plan of actions', () => {
  it('follows from the seed alone, and has kills and every condition', () => {
    const plan = makeActionPlan(3, 12, 2);
    expect(makeActionPlan(3, 12, 2)).toEqual(plan);
    expect(makeActionPlan(4, 12, 2)).not.toEqual(plan);
    const kinds = plan.map(({ fault }) => (fault.kind === 'kill' ? 'kill' : fault.condition));
    expect(new Set(kinds)).toEqual(
      new Set(['kill', 'down', 'slow', 'timeout', 'flaky', 'answerLost', 'changeLost', 'rateLimited']),
    );
  });
});

describe('a short schedule of actions', () => {
  it('loses nothing, denies nothing that was done, and does nothing twice', async () => {
    const result = await runActionsOnce({ seed: 7, seconds: 4, rate: 12 });
    expect(result.kills).toBeGreaterThan(0);
    expect(result.wrongAnswers).toEqual([]);
    for (const { accepted, lost, denied, duplicated } of result.verdicts) {
      expect(accepted).toBeGreaterThan(0);
      expect({ lost, denied, duplicated }).toEqual({ lost: [], denied: [], duplicated: [] });
    }
  }, 300_000);
});
