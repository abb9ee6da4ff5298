import type { getLogBuckets } from '@trunkline/contract/logs';
import type { OutputOf } from '@trunkline/contract/operation';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import { formatNumber } from '../../lib/format.ts';
import { countWords, formatEdge } from './log-words.ts';
import classes from './BucketsChart.module.css';

type Buckets = OutputOf<typeof getLogBuckets>;

const height = 64;
const width = 1_000;
/** Bottom to top: what matters most stands on the base line, where heights compare best. */
const stack = ['error', 'warn', 'info', 'debug'] as const;

export interface BucketsChartProps {
  data: Buckets;
  /** Shows the time of one bar only. */
  onZoom: (since: string, until: string) => void;
}

/** How many lines there were over time, a bar a span; by arrow keys too, and Enter shows a bar's lines. */
export function BucketsChart({ data, onZoom }: BucketsChartProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const { buckets, bucketSeconds, approximate } = data;
  const most = Math.max(1, ...buckets.map(({ debug, info, warn, error }) => debug + info + warn + error));
  const step = width / Math.max(1, buckets.length);
  const at = chosen === null ? null : Math.min(chosen, buckets.length - 1);
  const last = buckets.length - 1;

  function timesOf(index: number): [number, number] {
    const start = Date.parse(buckets[index]?.at ?? data.since);
    return [start, start + bucketSeconds * 1000];
  }
  function words(index: number): string {
    const [start, end] = timesOf(index);
    const bucket = buckets[index];
    return `${formatEdge(start)} to ${formatEdge(end)}: ${bucket ? countWords(bucket, approximate) : ''}`;
  }
  function zoom(index: number): void {
    const [start, end] = timesOf(index);
    onZoom(new Date(start).toISOString(), new Date(end).toISOString());
  }
  function onKeyDown(event: KeyboardEvent): void {
    const from = at ?? last;
    const moves: Record<string, number> = {
      ArrowRight: Math.min(from + 1, last),
      ArrowUp: Math.min(from + 1, last),
      ArrowLeft: Math.max(from - 1, 0),
      ArrowDown: Math.max(from - 1, 0),
      Home: 0,
      End: last,
    };
    const next = moves[event.key];
    if (next !== undefined) setChosen(next);
    else if (event.key === 'Enter' && at !== null) zoom(at);
    else return;
    event.preventDefault();
  }

  const whole = `${approximate ? 'About ' : ''}${formatNumber(data.total)} ${data.total === 1 ? 'line' : 'lines'}`;
  return (
    <div className={classes.chart}>
      <div
        className={classes.plot}
        role="slider"
        tabIndex={0}
        aria-label="Lines over time"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={at ?? last}
        aria-valuetext={words(at ?? last)}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(null)}
        onMouseLeave={() => setChosen(null)}
      >
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
          {buckets.map((bucket, index) => {
            let top = height;
            return (
              <g key={bucket.at} data-chosen={index === at || undefined} className={classes.bar}>
                <rect
                  className={classes.reach}
                  x={index * step}
                  y={0}
                  width={step}
                  height={height}
                  onMouseEnter={() => setChosen(index)}
                  onClick={() => zoom(index)}
                />
                {stack.map((level) => {
                  const count = bucket[level];
                  if (count === 0) return null;
                  // Whatever was there can be seen.
                  const size = Math.max(2, (count / most) * (height - 8));
                  top -= size;
                  return (
                    <rect
                      key={level}
                      className={classes.part}
                      data-level={level}
                      x={index * step + step * 0.12}
                      y={top}
                      width={step * 0.76}
                      height={size}
                    />
                  );
                })}
              </g>
            );
          })}
        </svg>
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{formatEdge(Date.parse(data.since))}</span>
        <span className={classes.readout}>{at === null ? whole : words(at)}</span>
        <span>{formatEdge(Date.parse(data.until))}</span>
      </div>
      {data.countedSince !== null && (
        <p className={classes.note}>
          The newest matches are counted, since {formatEdge(Date.parse(data.countedSince))}; before, there are
          more.
        </p>
      )}
    </div>
  );
}
