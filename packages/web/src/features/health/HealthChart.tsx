import type { HealthRange, HealthSeriesPoint } from '@trunkline/contract/health';
import { useId, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { formatDuration, formatNumber, formatSeconds } from '../../lib/format.ts';
import { axisSteps, rangeWords, sumsOf } from './health-words.ts';
import { useWidth } from './use-width.ts';
import classes from './Health.module.css';

const height = 220;
const left = 52;
const right = 8;
const top = 12;
const bottom = 24;

const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndHour = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

function timeText(at: string, range: HealthRange): string {
  return (range === '24h' ? hour : range === '7d' ? dayAndHour : day).format(new Date(at));
}

interface ChartProps {
  range: HealthRange;
  series: readonly HealthSeriesPoint[];
}

function pointText(point: HealthSeriesPoint, range: HealthRange): string {
  const { count, failures, meanMs } = sumsOf(point);
  const parts = [
    count === 0 ? 'nothing measured' : `${formatNumber(count)} measured`,
    ...(failures > 0 ? [`${formatNumber(failures)} failed`] : []),
    ...(meanMs === null ? [] : [`${formatDuration(meanMs)} on average`]),
    ...(point.errorSeconds > 0 ? [`in error for ${formatSeconds(point.errorSeconds)}`] : []),
  ];
  return `${timeText(point.at, range)}: ${parts.join(', ')}`;
}

/**
 * Response time as a line, failures as bars, and the time in error behind them. Arrow keys go from point to point; the
 * table below holds the same numbers.
 */
export function HealthChart({ range, series }: ChartProps) {
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const drawing = useRef<SVGSVGElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const sums = series.map(sumsOf);
  const steps = axisSteps(Math.max(0, ...sums.map(({ meanMs }) => meanMs ?? 0)));
  const highest = steps.at(-1) ?? 1;
  const mostFailures = Math.max(1, ...sums.map(({ failures }) => failures));
  const step = (width - left - right) / Math.max(1, series.length);
  const x = (index: number): number => left + (index + 0.5) * step;
  const y = (ms: number): number => top + (height - top - bottom) * (1 - ms / highest);
  const floor = height - bottom;
  const lines = linesOf(sums.map(({ meanMs }) => meanMs)).map((line) =>
    line.map(([index, ms]) => `${x(index).toFixed(1)},${y(ms).toFixed(1)}`).join(' '),
  );
  const shown = at === null ? null : (series[at] ?? null);
  const labels = series.flatMap((point, index) =>
    index % Math.ceil(series.length / Math.max(3, Math.floor(width / 110))) === 0 ? [{ point, index }] : [],
  );

  function move(event: KeyboardEvent): void {
    const last = series.length - 1;
    const moves: Record<string, number | null> = {
      ArrowLeft: Math.max(0, (at ?? series.length) - 1),
      ArrowRight: Math.min(last, (at ?? -1) + 1),
      Home: 0,
      End: last,
      Escape: null,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    setAt(moves[event.key] ?? null);
  }
  function point(event: PointerEvent): void {
    const box = drawing.current?.getBoundingClientRect();
    if (!box) return;
    const inside = ((event.clientX - box.left) / box.width) * width;
    setAt(Math.min(series.length - 1, Math.max(0, Math.floor((inside - left) / step))));
  }

  return (
    <figure className={classes.chart}>
      <div
        ref={plot}
        className={classes.plot}
        role="slider"
        tabIndex={0}
        aria-label={`Response time and failures, ${rangeWords[range].toLowerCase()}`}
        aria-describedby={`${id}-summary`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={series.length - 1}
        aria-valuenow={at ?? series.length - 1}
        aria-valuetext={pointText(shown ?? series.at(-1)!, range)}
        onKeyDown={move}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
      >
        <svg ref={drawing} viewBox={`0 0 ${width} ${height}`} aria-hidden>
          {steps.map((ms) => (
            <g key={ms}>
              <line className={classes.grid} x1={left} x2={width - right} y1={y(ms)} y2={y(ms)} />
              <text className={classes.axis} x={left - 8} y={y(ms) + 4} textAnchor="end">
                {formatDuration(ms)}
              </text>
            </g>
          ))}
          {series.map((each, index) =>
            each.errorSeconds > 0 ? (
              <rect
                key={each.at}
                className={classes.outage}
                x={x(index) - step / 2}
                y={top}
                width={step}
                height={floor - top}
              />
            ) : null,
          )}
          {sums.map(({ failures }, index) => {
            if (failures === 0) return null;
            const size = 6 + (failures / mostFailures) * 44;
            return (
              <rect
                key={series[index]!.at}
                className={classes.failures}
                x={x(index) - Math.max(1, step * 0.35)}
                y={floor - size}
                width={Math.max(2, step * 0.7)}
                height={size}
                rx={1}
              />
            );
          })}
          {lines.map((points) => (
            <polyline key={points} className={classes.line} points={points} />
          ))}
          {sums.map(({ meanMs }, index) =>
            meanMs !== null &&
            (sums[index - 1]?.meanMs ?? null) === null &&
            (sums[index + 1]?.meanMs ?? null) === null ? (
              <circle key={series[index]!.at} className={classes.dot} cx={x(index)} cy={y(meanMs)} r={2.5} />
            ) : null,
          )}
          {labels.map(({ point: each, index }) => (
            <text key={each.at} className={classes.axis} x={x(index)} y={height - 6} textAnchor="middle">
              {range === '24h' ? hour.format(new Date(each.at)) : day.format(new Date(each.at))}
            </text>
          ))}
          {at !== null && <line className={classes.cursor} x1={x(at)} x2={x(at)} y1={top} y2={floor} />}
        </svg>
      </div>
      <figcaption className={classes.caption}>
        <span className={classes.legend}>
          <span data-mark="line">Response time</span>
          <span data-mark="failed">Failed</span>
          <span data-mark="outage">In error</span>
        </span>
        <span className={classes.reading}>{shown ? pointText(shown, range) : summaryOf(series)}</span>
      </figcaption>
      <p className="visually-hidden" id={`${id}-summary`}>
        {summaryOf(series)}
      </p>
      <details className={classes.numbers}>
        <summary>Show as a table</summary>
        <div className={classes.scroll} tabIndex={0} role="region" aria-label="Numbers of the chart">
          <table>
            <caption className="visually-hidden">{rangeWords[range]}</caption>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">Measured</th>
                <th scope="col">Failed</th>
                <th scope="col">Mean</th>
                <th scope="col">In error</th>
              </tr>
            </thead>
            <tbody>
              {series.toReversed().map((each) => {
                const { count, failures, meanMs } = sumsOf(each);
                return (
                  <tr key={each.at}>
                    <th scope="row">{timeText(each.at, range)}</th>
                    <td>{formatNumber(count)}</td>
                    <td>{formatNumber(failures)}</td>
                    <td>{meanMs === null ? '–' : formatDuration(meanMs)}</td>
                    <td>{each.errorSeconds === 0 ? '–' : formatSeconds(each.errorSeconds)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function summaryOf(series: readonly HealthSeriesPoint[]): string {
  const all = series.map(sumsOf);
  const count = all.reduce((sum, each) => sum + each.count, 0);
  const failures = all.reduce((sum, each) => sum + each.failures, 0);
  if (count === 0) return 'Nothing was measured in this time.';
  return `${formatNumber(count)} checks and calls, ${formatNumber(failures)} failed.`;
}

/** The stretches without a gap, as index and value. */
function linesOf(values: readonly (number | null)[]): [number, number][][] {
  const lines: [number, number][][] = [];
  let open = false;
  values.forEach((value, index) => {
    if (value === null) open = false;
    else if (open) lines.at(-1)!.push([index, value]);
    else {
      lines.push([[index, value]]);
      open = true;
    }
  });
  return lines.filter(({ length }) => length > 1);
}
