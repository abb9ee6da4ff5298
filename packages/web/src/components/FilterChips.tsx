import { useId } from 'react';
import classes from './FilterChips.module.css';

export interface Chip<Value extends string> {
  value: Value;
  label: string;
  count?: number;
}

export interface FilterChipsProps<Value extends string> {
  /** Read out before the choices: `Status`. */
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  chips: readonly Chip<Value>[];
}

/** One of several filters, as radio buttons that look like chips. */
export function FilterChips<Value extends string>({
  label,
  value,
  onChange,
  chips,
}: FilterChipsProps<Value>) {
  const name = useId();
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>{label}</legend>
      {chips.map((chip) => (
        <label key={chip.value} className={classes.chip}>
          <input
            type="radio"
            name={name}
            value={chip.value}
            checked={chip.value === value}
            onChange={() => onChange(chip.value)}
          />
          <span>{chip.label}</span>
          {chip.count !== undefined && (
            <span className={classes.count}>{chip.count.toLocaleString('en-GB')}</span>
          )}
        </label>
      ))}
    </fieldset>
  );
}
