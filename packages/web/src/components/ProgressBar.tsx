import { useId } from 'react';
import type { Tone } from './StatusBadge.tsx';
import classes from './ProgressBar.module.css';

export interface ProgressBarProps {
  label: string;
  value: number;
  max: number;
  /** Right of the label: `412 of 719`. */
  text?: string;
  tone?: Tone;
}

/** How much of something is done or used. */
export function ProgressBar({ label, value, max, text, tone }: ProgressBarProps) {
  const id = useId();
  return (
    <div>
      <div className={classes.words}>
        <label htmlFor={id}>{label}</label>
        {text && <span>{text}</span>}
      </div>
      <progress className={classes.track} id={id} value={value} max={max} data-tone={tone} />
    </div>
  );
}
