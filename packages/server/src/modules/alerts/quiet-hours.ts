import type { AlertSeverity } from '@trunkline/contract/alert-rules';
import type { QuietHours } from '@trunkline/contract/alert-settings';

const minuteMs = 60_000;
const dayMinutes = 1_440;

/** Whether this process knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** When a message of this severity may go, at the earliest, in milliseconds since the epoch. */
export function mayGoAt(quiet: QuietHours, severity: AlertSeverity, at: number): number {
  if (severity === 'critical' && quiet.criticalPasses) return at;
  return endOfQuiet(quiet, at);
}

/** `at`, or the end of the quiet hours that it lies in. */
export function endOfQuiet(quiet: QuietHours, at: number): number {
  if (!quiet.enabled || quiet.days.length === 0) return at;
  const zone = localTime(quiet.timeZone);
  const isQuiet = (time: number): boolean => quietAt(quiet, zone(time));
  let end = at;
  // A week is quiet at most, in pieces of a day; more than that never ends.
  for (let pieces = 0; pieces < 9 && isQuiet(end); pieces += 1) {
    const { minutes, rest } = zone(end);
    const ahead = (minutesOf(quiet.to) - minutes + dayMinutes) % dayMinutes || dayMinutes;
    end += ahead * minuteMs - rest;
  }
  // A clock that was put forward on the way made it too late.
  for (let steps = 0; steps < 8 && end - 15 * minuteMs > at && !isQuiet(end - 15 * minuteMs); steps += 1) {
    end -= 15 * minuteMs;
  }
  return end;
}

interface LocalTime {
  /** 0 = Sunday. */
  day: number;
  minutes: number;
  /** Milliseconds since the full minute. */
  rest: number;
}

function quietAt({ from, to, days }: QuietHours, { day, minutes }: LocalTime): boolean {
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  if (begin < end) return days.includes(day) && minutes >= begin && minutes < end;
  // Past midnight it belongs to the night that began the day before.
  return (days.includes(day) && minutes >= begin) || (days.includes((day + 6) % 7) && minutes < end);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function localTime(timeZone: string): (at: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      day: weekdays.indexOf(parts.get('weekday') ?? ''),
      minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
      rest: at % minuteMs,
    };
  };
}
