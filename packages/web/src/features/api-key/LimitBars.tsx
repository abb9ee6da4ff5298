import type { LimitUse, QuotaUse } from '@trunkline/contract/limits';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { formatNumber } from '../../lib/format.ts';
import classes from './ApiKeyPage.module.css';

/** Keys that are shown with bars; those that are used most come first. */
const keysShown = 4;

function Bar({ label, quota: { used, limit } }: { label: string; quota: QuotaUse }) {
  const share = used / limit;
  const tone = share >= 1 ? 'error' : share >= 0.8 ? 'degraded' : undefined;
  return (
    <ProgressBar
      label={label}
      text={`${formatNumber(used)} of ${formatNumber(limit)}`}
      value={Math.min(used, limit)}
      max={limit}
      {...(tone ? { tone } : {})}
    />
  );
}

/** How far each limit is used just now. */
export function LimitBars({ use }: { use: LimitUse }) {
  const [own, ...others] = use.keys;
  const busiest = others
    .filter(({ hour }) => hour.used > 0)
    .sort((a, b) => b.hour.used / b.hour.limit - a.hour.used / a.hour.limit)
    .slice(0, keysShown - 1);
  return (
    <div className={classes.limits}>
      {[...(own ? [own] : []), ...busiest].map((key) => (
        <div key={key.id} className={classes.limit}>
          <Bar label={`${key.name}, this minute`} quota={key.minute} />
          <Bar label={`${key.name}, this hour`} quota={key.hour} />
        </div>
      ))}
      <div className={classes.limit}>
        <Bar label="All keys, this hour" quota={use.organization} />
      </div>
    </div>
  );
}
