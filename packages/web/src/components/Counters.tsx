import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatNumber } from '../lib/format.ts';
import type { Tone } from './StatusBadge.tsx';
import classes from './Counters.module.css';

export interface Counter<Value extends string> {
  label: string;
  icon: LucideIcon;
  tone?: Tone;
  /** Undefined while it loads; the place is kept. */
  count: number | undefined;
  /** Below the number: its share, or what it is made of. */
  note?: ReactNode;
  /** What a press filters by; left out: a number only. */
  value?: Value;
}

export interface CountersProps<Value extends string> {
  /** Names the group: `Filter by status`. */
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  counters: readonly Counter<Value>[];
}

function Words<Value extends string>({ counter }: { counter: Counter<Value> }) {
  const { icon: Icon, label, tone, count, note } = counter;
  return (
    <>
      <span className={classes.label}>
        <Icon size={15} aria-hidden data-tone={tone} />
        {label}
      </span>
      <span className={classes.count} data-tone={count ? tone : undefined}>
        {count === undefined ? <span className={classes.skeleton} /> : formatNumber(count)}
      </span>
      <span className={classes.note}>{note}</span>
    </>
  );
}

/** Numbers of a page side by side; those with a value are filters, the chosen one is underlined. */
export function Counters<Value extends string>({ label, value, onChange, counters }: CountersProps<Value>) {
  return (
    <div className={classes.wrap}>
      <div className={classes.counters} role="group" aria-label={label} data-count={counters.length}>
        {counters.map((counter) =>
          counter.value === undefined ? (
            <div key={counter.label} className={classes.counter}>
              <Words counter={counter} />
            </div>
          ) : (
            <button
              key={counter.label}
              type="button"
              className={classes.counter}
              aria-pressed={counter.value === value}
              onClick={() => counter.value !== undefined && onChange(counter.value)}
            >
              <Words counter={counter} />
            </button>
          ),
        )}
      </div>
    </div>
  );
}
