import type { SparkHour } from '../../components/Sparkbars.tsx';

const hourMs = 3_600_000;

/** The last 24 hours, oldest first, with empty hours where the server counted nothing. `now` in ms. */
export function lastDay(activity: readonly SparkHour[], now: number): SparkHour[] {
  const byHour = new Map(activity.map((each) => [Math.floor(Date.parse(each.hour) / hourMs), each]));
  const current = Math.floor(now / hourMs);
  return Array.from({ length: 24 }, (_, index) => {
    const hour = current - 23 + index;
    return byHour.get(hour) ?? { hour: new Date(hour * hourMs).toISOString(), succeeded: 0, failed: 0 };
  });
}
