import type { ApiUsage } from '@trunkline/contract/usage';
import { formatNumber, formatSeconds, formatTime } from '../../lib/format.ts';
import classes from './UsagePage.module.css';

const height = 120;
const parts = ['succeeded', 'clientErrors', 'serverErrors'] as const;
const words = { succeeded: '2xx', clientErrors: '4xx', serverErrors: '5xx' };

type Bucket = ApiUsage['series'][number];

/** One bar: its parts on each other; an error stays in sight however small its share is. */
function Bar({ bucket, most, x, width }: { bucket: Bucket; most: number; x: number; width: number }) {
  let top = height;
  return parts.map((part) => {
    const count = bucket[part];
    if (count === 0) return null;
    const size = Math.max((count / most) * (height - 4), 1.5);
    top -= size;
    return (
      <rect key={part} className={classes[part]} x={x} y={Math.max(top, 0)} width={width} height={size} />
    );
  });
}

/** Requests over time by what came of them, stacked; each bar says its numbers when it is pointed at. */
export function UsageChart({ usage }: { usage: ApiUsage }) {
  const { series, totals, bucketSeconds } = usage;
  const most = Math.max(1, ...series.map(({ requests }) => requests));
  const step = 1000 / Math.max(series.length, 1);
  const label = `${formatNumber(totals.requests)} requests: ${formatNumber(totals.succeeded)} succeeded, ${formatNumber(totals.clientErrors)} with 4xx, ${formatNumber(totals.serverErrors)} with 5xx`;
  const first = series[0];
  return (
    <figure className={classes.chart}>
      <div className={classes.legend} aria-hidden>
        {parts.map((part) => (
          <span key={part} className={classes.key} data-part={part}>
            {words[part]}
          </span>
        ))}
        <span className={classes.scale}>
          highest: {formatNumber(most)} in {formatSeconds(bucketSeconds)}
        </span>
      </div>
      <svg viewBox={`0 0 1000 ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {series.map((bucket, index) => (
          <g key={bucket.at}>
            <title>
              {`${formatTime(bucket.at)}: ${parts.map((part) => `${formatNumber(bucket[part])} ${words[part]}`).join(', ')}`}
            </title>
            <rect className={classes.hit} x={index * step} y={0} width={step} height={height} />
            <Bar bucket={bucket} most={most} x={index * step} width={Math.max(step - 2, 1)} />
          </g>
        ))}
      </svg>
      <figcaption className={classes.axis}>
        <span>{first ? formatTime(first.at) : ''}</span>
        <span>{formatTime(usage.until)}</span>
      </figcaption>
    </figure>
  );
}
