import type { RefusalReason, TimeFormat } from './types.ts';

const formats: Readonly<Record<TimeFormat, RegExp>> = {
  seconds: /^\d{1,11}$/,
  milliseconds: /^\d{1,14}$/,
  iso: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/,
};

/** A time in milliseconds since the epoch; null when it is not written as it should be: no signs, no spaces, no fractions. */
export function parseTime(text: string, format: TimeFormat): number | null {
  if (!formats[format].test(text)) return null;
  const time = format === 'iso' ? Date.parse(text) : Number(text) * (format === 'seconds' ? 1000 : 1);
  return Number.isFinite(time) ? time : null;
}

/** What speaks against this time: too far from now on either side. */
export function judgeTime(
  text: string,
  format: TimeFormat,
  toleranceSeconds: number,
  now: number,
): RefusalReason | null {
  const time = parseTime(text, format);
  if (time === null) return 'not_a_webhook';
  const ageSeconds = format === 'seconds' ? Math.floor(now / 1000) - time / 1000 : (now - time) / 1000;
  if (ageSeconds > toleranceSeconds) return 'too_old';
  return ageSeconds < -toleranceSeconds ? 'too_new' : null;
}
