import type { InsightColumn } from '@trunkline/contract/insights';
import { formatDuration, formatNumber, formatSeconds } from '../../lib/format.ts';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** A cell of an answer as it is shown; a dash where there is nothing to say. */
export function cellWords(kind: InsightColumn['kind'], cell: string | number | null): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return kind === 'time' ? day.format(new Date(cell)) : cell;
  if (kind === 'percent') return `${cell} %`;
  if (kind === 'ms') return cell < 60_000 ? formatDuration(cell) : formatSeconds(cell / 1000);
  return kind === 'decimal' ? String(cell) : formatNumber(cell);
}
