const number = new Intl.NumberFormat('en-GB');

/** 12843 → `12,843`. */
export function formatNumber(value: number): string {
  return number.format(value);
}

/** `1 delivery`, `12 deliveries`. */
export function countOf(count: number, one: string, many: string): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** A ratio as a percentage: 0.9120 → `91.2 %`; null → `–`. Never rounds a miss up to 100 %. */
export function formatPercent(ratio: number | null, digits = 1): string {
  if (ratio === null) return '–';
  const scale = 10 ** digits;
  const shown = Math.floor(ratio * 100 * scale + 1e-9) / scale;
  return `${shown === 100 || shown === 0 ? shown.toFixed(0) : shown.toFixed(digits)} %`;
}

/** Milliseconds: 84 → `84 ms`, 1520 → `1.52 s`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Seconds in words: 5 → `5 s`, 90 → `1 min 30 s`, 133200 → `37 h`, two units at most. */
export function formatSeconds(seconds: number): string {
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  let rest = Math.round(seconds);
  if (rest <= 0) return '0 s';
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    if (parts.length === 2) break;
    // A unit in between that is zero ends the text: `2 d 5 s` says nothing more than `2 d`.
    if (count === 0 && parts.length === 1) break;
    rest -= count * size;
  }
  return parts.join(' ');
}

/** Time between `at` and `now` in words: `just now`, `41 min ago`, `in 4 min`. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return seconds > 1 ? 'in a moment' : 'just now';
  const [count, unit] =
    size < 60
      ? [size, 's']
      : size < 3600
        ? [Math.floor(size / 60), 'min']
        : size < 86_400
          ? [Math.floor(size / 3600), 'h']
          : [Math.floor(size / 86_400), 'd'];
  return seconds > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

const absolute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `10:30:00`, in the browser's time zone. */
export function formatTime(at: string | number): string {
  return time.format(new Date(at));
}

/** `23 Nov 2026, 10:30:00 UTC`, in the browser's time zone. */
export function formatAbsolute(at: string | number): string {
  return absolute.format(new Date(at));
}
