import type { Fault } from '@trunkline/contract/faults';
import { faults } from '@trunkline/contract/faults';
import { describe, expect, it } from 'vitest';
import { nextStep, triesEach } from './rules.ts';
import type { EndedAttempt } from './rules.ts';

const again = { kind: 'ask', integrationId: 'primary', again: true };
const backup = { kind: 'ask', integrationId: 'backup', again: false };
const exhausted = { kind: 'exhausted' };
const failed = { kind: 'end', state: 'failed' };
const inDoubt = { kind: 'end', state: 'ambiguous' };

/** What follows at the primary: with tries left or all used up, and with a backup or nobody left to ask. */
const following: Record<Fault, { triesLeft: [object, object]; usedUp: [object, object] }> = {
  down: { triesLeft: [again, again], usedUp: [backup, exhausted] },
  rateLimit: { triesLeft: [again, again], usedUp: [backup, exhausted] },
  reauth: { triesLeft: [backup, exhausted], usedUp: [backup, exhausted] },
  scope: { triesLeft: [backup, exhausted], usedUp: [backup, exhausted] },
  config: { triesLeft: [backup, exhausted], usedUp: [backup, exhausted] },
  quota: { triesLeft: [backup, exhausted], usedUp: [backup, exhausted] },
  unknown: { triesLeft: [backup, exhausted], usedUp: [backup, exhausted] },
  badInput: { triesLeft: [failed, failed], usedUp: [failed, failed] },
  ambiguous: { triesLeft: [inDoubt, inDoubt], usedUp: [inDoubt, inDoubt] },
};

/** Everybody of the chain may be asked. */
const routeOf = (...order: string[]) => ({ order, chain: order });

const ended = (fault: Fault, repeatable: boolean): EndedAttempt => ({
  integrationId: 'primary',
  outcome: fault === 'ambiguous' ? 'ambiguous' : 'failed',
  fault,
  repeatable,
});

const cases = faults.flatMap((fault) =>
  (['triesLeft', 'usedUp'] as const).flatMap((tries) =>
    [true, false].flatMap((hasBackup) =>
      [true, false].map((repeatable) => ({ fault, tries, hasBackup, repeatable })),
    ),
  ),
);

describe('what follows from a failure', () => {
  it.each(cases)(
    'of $fault ($tries, a backup: $hasBackup, repeatable: $repeatable)',
    ({ fault, tries, hasBackup, repeatable }) => {
      const attempts = Array.from({ length: tries === 'triesLeft' ? 1 : triesEach }, () =>
        ended(fault, repeatable),
      );
      // Only where a repetition does no harm, what may have been done is tried again, and never elsewhere.
      const expected =
        fault === 'ambiguous' && repeatable && tries === 'triesLeft'
          ? again
          : following[fault][tries][hasBackup ? 0 : 1];
      expect(nextStep(routeOf('primary', ...(hasBackup ? ['backup'] : [])), attempts)).toEqual(expected);
    },
  );

  it.each(faults)('of %s after a doubt goes nowhere else, and denies nothing', (fault) => {
    const route = routeOf('primary', 'backup');
    const passes = ['ambiguous', 'down', 'rateLimit'].includes(fault);
    const after = (repeatable: boolean, more: EndedAttempt[] = []) =>
      nextStep(route, [ended('ambiguous', repeatable), ...more, ended(fault, repeatable)]);
    expect(after(true)).toEqual(passes ? again : inDoubt);
    expect(after(true, [ended('down', true)])).toEqual(inDoubt);
    expect(after(false)).toEqual(inDoubt);
    // Calls go elsewhere now, and what is in doubt does not.
    const switched = { order: ['backup', 'primary'], chain: ['backup', 'primary'] };
    expect(nextStep(switched, [ended('ambiguous', true), ended(fault, true)])).toEqual(
      passes ? again : inDoubt,
    );
  });

  it('begins with the first of the order, and has nobody to ask where there is none', () => {
    expect(nextStep(routeOf('primary', 'backup'), [])).toEqual({
      kind: 'ask',
      integrationId: 'primary',
      again: false,
    });
    expect(nextStep(routeOf(), [])).toEqual(exhausted);
  });
});
