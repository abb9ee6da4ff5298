import { describe, expect, it } from 'vitest';
import { overtakers } from './checker.ts';
import { faults } from './faults.ts';
import { runOnce } from './one-run.ts';
import { makePlan } from './plan.ts';
import type { Planned } from './plan.ts';

/** One of each kind, without what needs root, and short. */
const short = [
  'kill-after-ack',
  'kill-mid-flight',
  'postgres-immediate',
  'database-reset',
  'endpoint-reset',
  'paused',
];

const chosen = faults.filter(({ name }) => short.includes(name));

const written = (plan: readonly Planned[]) =>
  plan.map(({ atMs, fault, seed }) => [Math.round(atMs), fault.name, seed]);

describe('the plan', () => {
  it('follows from the seed alone', () => {
    const options = { seed: 11, faults, seconds: 30 };
    expect(written(makePlan(options))).toEqual(written(makePlan(options)));
    expect(written(makePlan(options))).not.toEqual(written(makePlan({ ...options, seed: 12 })));
  });

  it('has every fault once before any comes again', () => {
    const names = makePlan({ seed: 5, faults: chosen, seconds: 1, count: short.length }).map(
      ({ fault }) => fault.name,
    );
    expect(names.toSorted()).toEqual(short.toSorted());
  });
});

describe('the order of a line', () => {
  it('is broken by who arrives before an event acknowledged earlier', () => {
    expect(overtakers(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'b', 'd'])).toEqual(['c before b']);
  });

  it('is not broken by what never arrives or was never acknowledged', () => {
    expect(overtakers(['a', 'b', 'c'], ['x', 'a', 'c'])).toEqual([]);
  });
});

describe('a short schedule', () => {
  it('loses nothing, invents nothing and keeps the order', async () => {
    const result = await runOnce({
      seed: 20,
      plan: makePlan({ seed: 20, faults: chosen, seconds: 1, count: short.length }),
      seconds: 5,
      rate: 40,
      abilities: { smallDisk: false, fakedClock: undefined },
    });
    expect(result.happenings.filter(({ happened }) => !happened)).toEqual([]);
    expect(result.happenings).toHaveLength(short.length);
    expect(result.verdict.acked).toBeGreaterThan(0);
    expect(result.verdict.lost).toEqual([]);
    expect(result.verdict.unexpected).toEqual([]);
    expect(result.verdict.outOfOrder).toEqual([]);
    expect(result.wrongAnswers).toEqual([]);
  }, 300_000);
});
