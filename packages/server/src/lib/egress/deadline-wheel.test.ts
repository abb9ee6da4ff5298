import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineWheel } from './deadline-wheel.ts';
import type { Timed } from './deadline-wheel.ts';

function entry(expire: () => void): Timed {
  return { dueTick: 0, previous: null, next: null, expire };
}

describe('DeadlineWheel', () => {
  it('expires each entry once, never early and at most a tick late, also beyond one turn', () => {
    const plan = fc.record({
      dues: fc.array(fc.record({ due: fc.nat(3_000), removed: fc.boolean() }), { maxLength: 50 }),
      steps: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 }),
    });
    fc.assert(
      fc.property(plan, ({ dues, steps }) => {
        const wheel = new DeadlineWheel(0, 10, 16);
        let now = 0;
        let before = 0;
        const expired = new Map<number, number>();
        dues.forEach(({ due, removed }, index) => {
          const one = entry(() => {
            expect(expired.has(index)).toBe(false);
            expect(now).toBeGreaterThanOrEqual(due);
            expect(due > before - 10).toBe(true);
            expired.set(index, now);
          });
          wheel.add(one, due);
          if (removed) {
            wheel.remove(one);
            wheel.remove(one);
          }
        });
        for (const step of [...steps, 4_000]) {
          before = now;
          now += step;
          wheel.advance(now);
        }
        expect(wheel.size).toBe(0);
        expect(expired.size).toBe(dues.filter(({ removed }) => !removed).length);
      }),
    );
  });

  it('lets an expiring entry remove and add others', () => {
    const wheel = new DeadlineWheel(0, 10, 16);
    const order: string[] = [];
    const second = entry(() => order.push('second'));
    const third = entry(() => order.push('third'));
    wheel.add(
      entry(() => {
        order.push('first');
        wheel.remove(second);
        wheel.add(third, 0);
      }),
      20,
    );
    wheel.add(second, 20);
    wheel.advance(25);
    expect(order).toEqual(['first']);
    wheel.advance(30);
    expect(order).toEqual(['first', 'third']);
    expect(wheel.entries()).toEqual([]);
  });
});
