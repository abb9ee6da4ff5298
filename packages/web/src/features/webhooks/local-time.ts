const two = (value: number) => String(value).padStart(2, '0');

/** An instant (ms) as the value of a `datetime-local` field, in the browser's time zone, to the minute. */
export function toLocalInput(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The instant (ms) of such a value; null while it is incomplete. */
export function fromLocalInput(value: string): number | null {
  // Dates read more than this, `2026-` for instance.
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d/.test(value)) return null;
  const at = new Date(value).getTime();
  return Number.isNaN(at) ? null : at;
}
