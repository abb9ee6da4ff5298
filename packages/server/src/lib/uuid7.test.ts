import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUuid7, timeOfUuid7, uuid7FloorOf } from './uuid7.ts';

const start = Date.UTC(2026, 10, 23, 10, 30);
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('createUuid7', () => {
  it('lays out time, version, counter, variant and random bits', () => {
    // 0x017f22e279b0 is the time of the example in RFC 9562, appendix A.6.
    const ones = createUuid7(
      () => 0x017f22e279b0,
      (size) => Buffer.alloc(size, 0xff),
    );
    expect(ones()).toBe('017f22e2-79b0-77ff-bfff-ffffffffffff');
    expect(ones()).toBe('017f22e2-79b0-7800-80ff-ffffffffffff');
    const zeros = createUuid7(
      () => 0x017f22e279b0,
      (size) => Buffer.alloc(size),
    );
    expect(zeros()).toBe('017f22e2-79b0-7000-8000-000000000000');
    expect(zeros()).toBe('017f22e2-79b0-7000-8100-000000000000');
  });

  it('strictly increases whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3_600_000, max: 3_600_000 }), { minLength: 2, maxLength: 50 }),
        (steps) => {
          let now = start;
          const uuid7 = createUuid7(() => now, randomBytes);
          let last = uuid7();
          let latest = now;
          for (const step of steps) {
            now = start + step;
            latest = Math.max(latest, now);
            const next = uuid7();
            expect(next).toMatch(shape);
            expect(next > last).toBe(true);
            expect(timeOfUuid7(next)).toBe(latest);
            last = next;
          }
        },
      ),
    );
  });

  it('stays unique and ordered over many pools of randomness in one millisecond', () => {
    const uuid7 = createUuid7(() => start, randomBytes);
    const ids = Array.from({ length: 20_000 }, uuid7);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids.map((id) => id.slice(24))).size).toBe(ids.length);
  });

  it('borrows the next millisecond when the counter is used up', () => {
    const uuid7 = createUuid7(() => start, randomBytes);
    let last = uuid7();
    let ordered = true;
    for (let made = 0; made < 2 ** 18; made += 1) {
      const next = uuid7();
      ordered &&= next > last && shape.test(next);
      last = next;
    }
    expect(ordered).toBe(true);
    expect(timeOfUuid7(last)).toBeGreaterThan(start);
  });

  it('takes parts of milliseconds and refuses impossible times', () => {
    expect(timeOfUuid7(createUuid7(() => start + 0.9, randomBytes)())).toBe(start);
    expect(() => createUuid7(() => Number.NaN, randomBytes)()).toThrow(RangeError);
    expect(() => createUuid7(() => 2 ** 48, randomBytes)()).toThrow(RangeError);
  });
});

describe('uuid7FloorOf and timeOfUuid7', () => {
  it('bound every id of the millisecond', () => {
    const id = createUuid7(() => start, randomBytes)();
    expect(uuid7FloorOf(start)).toMatch(shape);
    expect(uuid7FloorOf(start) <= id).toBe(true);
    expect(id < uuid7FloorOf(start + 1)).toBe(true);
    expect(timeOfUuid7(uuid7FloorOf(start))).toBe(start);
    expect(timeOfUuid7(uuid7FloorOf(0))).toBe(0);
  });

  it('refuse what is no version 7 UUID or no time', () => {
    expect(() => timeOfUuid7('018f4f5e-0000-4000-8000-000000000000')).toThrow(RangeError);
    expect(() => timeOfUuid7('nonsense')).toThrow(RangeError);
    expect(() => uuid7FloorOf(-1)).toThrow(RangeError);
    expect(() => uuid7FloorOf(1.5)).toThrow(RangeError);
  });
});
