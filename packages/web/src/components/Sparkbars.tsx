import classes from './Sparkbars.module.css';

export interface SparkHour {
  hour: string;
  succeeded: number;
  failed: number;
}

const height = 20;

function bar({ succeeded, failed }: SparkHour): { size: number; look: string | undefined } {
  const total = succeeded + failed;
  if (total === 0) return { size: 2, look: classes.none };
  const share = succeeded / total;
  // Height repeats the colour: the smaller the share of successes, the shorter the bar.
  const size = 4 + share * (height - 4);
  return { size, look: share === 1 ? classes.good : share >= 0.8 ? classes.some : classes.bad };
}

/** The last 24 hours, a bar an hour: height and colour say which share succeeded. */
export function Sparkbars({ hours }: { hours: SparkHour[] }) {
  const succeeded = hours.reduce((sum, each) => sum + each.succeeded, 0);
  const failed = hours.reduce((sum, each) => sum + each.failed, 0);
  const label =
    succeeded + failed === 0
      ? 'No attempts in the last 24 hours'
      : `Last 24 hours: ${succeeded.toLocaleString('en-GB')} succeeded, ${failed.toLocaleString('en-GB')} failed`;
  return (
    <svg className={classes.bars} viewBox={`0 0 144 ${height}`} role="img" aria-label={label}>
      <title>{label}</title>
      {hours.slice(-24).map((each, index) => {
        const { size, look } = bar(each);
        return (
          <rect
            key={each.hour}
            className={look}
            x={index * 6}
            y={height - size}
            width={4.2}
            height={size}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
