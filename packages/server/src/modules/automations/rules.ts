import type { AutomationCondition, AutomationTrigger } from '@trunkline/contract/automations';
import { valueAt } from '@trunkline/contract/automation-template';

/** How long a run may be worked on before another node takes it for lost, in seconds. */
export const leaseSeconds = 60;
/** A run that was taken this often without getting on ends whoever takes it; it is given up. */
export const mostClaims = 5;
/** Runs are kept for this long after they ended, as their actions are. */
export const keptDays = 30;
/** A run that could not begin for this long, because others of its automation kept the hour full, is given up. */
export const longestHoldMs = 24 * 3_600_000;

const waitsSeconds = [30, 60, 300, 900, 3_600, 10_800, 21_600, 43_200];

/** When a step that nobody could take is tried again, in seconds; null: the run is given up after about a day. */
export function nextTrySeconds(waits: number, random: () => number): number | null {
  const seconds = waitsSeconds[waits];
  return seconds === undefined ? null : Math.round(seconds * (0.9 + 0.2 * random()));
}

/**
 * When a run looks after its action by itself, in seconds. The end of an action is announced; this is for the announcement
 * that did not arrive, and grows with how long it waits already.
 */
export function lookAgainSeconds(waitingMs: number): number {
  return Math.min(600, Math.max(5, Math.round(waitingMs / 4_000)));
}

/** Says whether an event has what all conditions ask for. */
export function meets(conditions: readonly AutomationCondition[], scope: Record<string, unknown>): boolean {
  return conditions.every((condition) => holds(condition, valueAt(scope, condition.field)));
}

function holds({ operator, value }: AutomationCondition, found: unknown): boolean {
  const there = found !== undefined && found !== null;
  switch (operator) {
    case 'exists':
      return there;
    case 'missing':
      return !there;
    case 'is':
      return there && textOf(found) === value;
    case 'is_not':
      return !there || textOf(found) !== value;
    case 'contains':
      return Array.isArray(found)
        ? found.some((item) => textOf(item) === value)
        : there && textOf(found).includes(value);
    case 'at_least':
      return isNumber(found) && numberOf(found) >= numberOf(value);
    case 'at_most':
      return isNumber(found) && numberOf(found) <= numberOf(value);
  }
}

function isNumber(found: unknown): found is number | string {
  return (
    typeof found === 'number' || (typeof found === 'string' && found.trim() !== '' && !isNaN(Number(found)))
  );
}

/** Whole numbers are compared exactly, however long they are. */
function numberOf(found: number | string): number | bigint {
  if (typeof found === 'number') return found;
  return /^\s*-?\d+\s*$/.test(found) ? BigInt(found.trim()) : Number(found);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const quarterMs = 900_000;
/** Longer than two days: an hour that a change of clocks leaves out comes on the next day. */
const mostQuarters = 240;

/** The next time, in milliseconds since the epoch, at which it is this hour in the time zone; later than `after`. */
export function nextDailyAt(
  { hour, timeZone }: Extract<AutomationTrigger, { kind: 'daily' }>,
  after: number,
): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const wanted = `${String(hour).padStart(2, '0')}:00`;
  // Every time zone is a whole number of quarters of an hour away from UTC.
  const first = (Math.floor(after / quarterMs) + 1) * quarterMs;
  for (let quarter = 0; quarter < mostQuarters; quarter += 1) {
    const at = first + quarter * quarterMs;
    if (format.format(at) === wanted) return at;
  }
  throw new RangeError(`It is never ${wanted} in ${timeZone}`);
}
