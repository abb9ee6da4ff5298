import type { RetryPolicy } from '@trunkline/contract/retry';
import { useId, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { scheduleAxis } from './schedule-axis.ts';
import { formatSpan, isDrawable, scheduledAttempts, scheduleSentence } from './schedule-words.ts';
import type { ScheduledAttempt } from './schedule-words.ts';
import classes from './SchedulePicture.module.css';

function describe(attempt: ScheduledAttempt): string {
  if (attempt.number === 1) return 'Attempt 1: as soon as the event arrives';
  const after = formatSpan(attempt.earliestMs, attempt.latestMs);
  const wait = formatSpan(attempt.shortestWaitMs, attempt.longestWaitMs);
  return `Attempt ${attempt.number}: ${after} after the first, a wait of ${wait}`;
}

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

/**
 * When a delivery is tried again (RETRY-1): one line per attempt on a logarithmic time axis, the span that
 * jitter leaves shaded. Arrow keys go from attempt to attempt; the same numbers are there as a table.
 */
export function SchedulePicture({ policy }: { policy: RetryPolicy }) {
  const id = useId();
  const [chosen, setChosen] = useState<number | null>(null);

  if (!isDrawable(policy)) {
    return <p className={classes.hint}>The schedule appears here when every number is filled in.</p>;
  }

  const attempts = scheduledAttempts(policy);
  const last = attempts.length - 1;
  const current = chosen === null ? null : Math.min(chosen, last);
  const totalMs = attempts[last]?.latestMs ?? 1;
  const { place, ticks } = scheduleAxis(attempts[1]?.earliestMs ?? totalMs, totalMs);
  const rowHeight = attempts.length > 6 ? 18 : 26;
  const height = attempts.length * rowHeight;
  const shown = attempts[current ?? last];

  function move(event: KeyboardEvent): void {
    const at = current ?? last;
    const moves: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: last,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, next)));
  }

  function point(event: PointerEvent<HTMLElement>): void {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / rowHeight);
    setChosen(Math.max(0, Math.min(last, row)));
  }

  return (
    <figure className={classes.figure}>
      <figcaption className={classes.sentence}>
        <span role="status">{scheduleSentence(policy)}</span>
      </figcaption>
      <div className={classes.chart}>
        <div className={classes.numbers} aria-hidden>
          {attempts.map(({ number }, index) => (
            <span key={number} style={{ height: rowHeight }} data-current={index === current || undefined}>
              {number}
            </span>
          ))}
        </div>
        <div
          className={classes.plot}
          role="slider"
          tabIndex={0}
          aria-label="Attempts in time"
          aria-valuemin={1}
          aria-valuemax={attempts.length}
          aria-valuenow={(current ?? last) + 1}
          aria-valuetext={shown ? describe(shown) : ''}
          aria-describedby={`${id}-read`}
          onKeyDown={move}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setChosen(null)}
          onBlur={() => setChosen(null)}
        >
          <svg className={classes.svg} width="100%" height={height} aria-hidden>
            {ticks.map(({ ms, at }) => (
              <line key={ms} className={classes.grid} x1={percent(at)} x2={percent(at)} y1={0} y2={height} />
            ))}
            <line className={classes.end} x1="100%" x2="100%" y1={0} y2={height} />
            {attempts.map((attempt, index) => {
              const y = index * rowHeight + rowHeight / 2;
              const from = place(attempt.earliestMs);
              const to = place(attempt.latestMs);
              const before = index === 0 ? 0 : place(attempts[index - 1]?.latestMs ?? 0);
              const middle = place((attempt.earliestMs + attempt.latestMs) / 2);
              return (
                <g key={attempt.number} data-current={index === current || undefined} className={classes.row}>
                  {index > 0 && (
                    <line
                      className={classes.wait}
                      x1={percent(Math.min(before, from))}
                      x2={percent(from)}
                      y1={y}
                      y2={y}
                    />
                  )}
                  {to > from && (
                    <rect
                      className={classes.jitter}
                      x={percent(from)}
                      width={percent(to - from)}
                      y={y - 6}
                      height={12}
                      rx={6}
                    />
                  )}
                  <circle className={classes.dot} cx={percent(middle)} cy={y} r={index === current ? 5 : 4} />
                </g>
              );
            })}
          </svg>
          <div className={classes.axis} aria-hidden>
            {ticks.map(({ ms, at, label }) => (
              <span key={ms} style={{ left: percent(at) }}>
                {label}
              </span>
            ))}
          </div>
        </div>
      </div>
      <p className={classes.read} id={`${id}-read`}>
        {current === null || !shown ? (
          <>
            {policy.enableJitter && (
              <span className={classes.legend}>
                <span className={classes.sample} /> where jitter may place it
              </span>
            )}
            <span>time since the first attempt</span>
          </>
        ) : (
          describe(shown)
        )}
      </p>
      <details className={classes.details}>
        <summary>Show as a table</summary>
        <table className={classes.table}>
          <caption className="visually-hidden">Retry schedule</caption>
          <thead>
            <tr>
              <th scope="col">Attempt</th>
              <th scope="col">Waits</th>
              <th scope="col">After the first</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <tr key={attempt.number}>
                <th scope="row">{attempt.number}</th>
                <td>
                  {attempt.number === 1 ? '–' : formatSpan(attempt.shortestWaitMs, attempt.longestWaitMs)}
                </td>
                <td>{attempt.number === 1 ? 'at once' : formatSpan(attempt.earliestMs, attempt.latestMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
