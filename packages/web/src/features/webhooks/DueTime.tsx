import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useNow } from '../../lib/clock.ts';

/** When the next attempt is; `due now` once its time has come. Null shows `empty`. */
export function DueTime({ at, empty }: { at: string | null; empty: string }) {
  const now = useNow();
  if (at !== null && Date.parse(at) <= now) return <span>due now</span>;
  return <RelativeTime at={at} empty={empty} />;
}
