/** Whether eight digits are a day of the calendar (CCYYMMDD). */
export function isDate(text: string): boolean {
  const match = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  return date.getUTCMonth() === (month ?? 0) - 1 && date.getUTCDate() === day;
}

/** Whether digits are a time of day: HHMM, HHMMSS or with hundredths. */
export function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d\d?)?)?$/.test(text);
}

/** `2026-12-01` → `20261201`. */
export function toX12Date(date: string): string {
  return date.replaceAll('-', '');
}

/** `20261201` → `2026-12-01`; null for what is no day of the calendar. */
export function fromX12Date(text: string): string | null {
  return isDate(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : null;
}
