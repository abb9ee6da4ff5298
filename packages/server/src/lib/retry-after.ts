const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const day = String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)`;
const month = `(${months.join('|')})`;
const time = String.raw`(\d\d):(\d\d):(\d\d)`;

const imfFixdate = new RegExp(String.raw`^${day}, (\d\d) ${month} (\d{4}) ${time} GMT$`);
const rfc850Date = new RegExp(
  String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-${month}-(\d\d) ${time} GMT$`,
);
const asctimeDate = new RegExp(String.raw`^${day} ${month} ([ \d]\d) ${time} (\d{4})$`);

/**
 * Wait in ms that a `Retry-After` header asks for (RFC 9110 section 10.2.3): seconds, or an HTTP date in any
 * of the three forms. Clamped to 0…`maxMs`; a past date gives 0; null without a header or when it says
 * neither. `nowMs` is ms since the epoch.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number, maxMs: number): number | null {
  const text = header?.trim();
  if (!text) return null;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : httpDateMs(text, nowMs) - nowMs;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), maxMs);
}

/**
 * Wait before the next attempt in whole ms when the receiver asked for `retryAfterMs` (null: it did not) and
 * the policy gave `delayMs`. Never earlier than asked; a random part of the policy's delay is added, since a
 * receiver that asks everyone for the same wait would otherwise meet everyone in the same second.
 */
export function delayWithRetryAfter(
  delayMs: number,
  retryAfterMs: number | null,
  random: () => number,
): number {
  if (retryAfterMs === null) return delayMs;
  return Math.max(delayMs, Math.round(retryAfterMs + delayMs * random()));
}

/** Ms since the epoch, NaN when it is no HTTP date (RFC 9110 section 5.6.7). */
function httpDateMs(text: string, nowMs: number): number {
  let match = imfFixdate.exec(text);
  if (match) return utc(Number(match[3]), match[2]!, match[1]!, match.slice(4));
  match = asctimeDate.exec(text);
  if (match) return utc(Number(match[6]), match[1]!, match[2]!, match.slice(3, 6));
  match = rfc850Date.exec(text);
  if (match) return utc(fullYear(Number(match[3]), nowMs), match[2]!, match[1]!, match.slice(4));
  return Number.NaN;
}

/** The year nearest to now with these two digits; more than 50 years ahead means the past. */
function fullYear(year: number, nowMs: number): number {
  const current = new Date(nowMs).getUTCFullYear();
  const guess = current - (current % 100) + year;
  if (guess > current + 50) return guess - 100;
  return guess < current - 49 ? guess + 100 : guess;
}

function utc(year: number, monthName: string, dayOfMonth: string, clock: string[]): number {
  const [hours, minutes, seconds] = clock.map(Number) as [number, number, number];
  const date = Number(dayOfMonth);
  const ms = Date.UTC(year, months.indexOf(monthName), date, hours, minutes, seconds);
  // A 60th second is a leap second; anything else that Date.UTC would carry over is not a date.
  const valid = hours < 24 && minutes < 60 && seconds <= 60 && date >= 1;
  return valid && new Date(ms - (seconds === 60 ? 1000 : 0)).getUTCDate() === date ? ms : Number.NaN;
}
