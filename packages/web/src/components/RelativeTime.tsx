import { useNow } from '../lib/clock.ts';
import { formatAbsolute, formatRelative } from '../lib/format.ts';

export interface RelativeTimeProps {
  /** RFC 3339 instant; null shows `empty`. */
  at: string | null;
  empty?: string;
}

/** `5 min ago`, kept up to date; the exact time is its title. */
export function RelativeTime({ at, empty = 'Never' }: RelativeTimeProps) {
  const now = useNow();
  if (at === null) return <span>{empty}</span>;
  return (
    <time dateTime={at} title={formatAbsolute(at)}>
      {formatRelative(Date.parse(at), now)}
    </time>
  );
}
