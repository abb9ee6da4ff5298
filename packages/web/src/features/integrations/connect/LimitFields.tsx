import { NumberInput } from '@mantine/core';
import classes from './connect.module.css';

export interface OwnLimits {
  perHour: number | null;
  perDay: number | null;
}

function asLimit(value: string | number): number | null {
  const number = Number(value);
  return value === '' || !Number.isInteger(number) || number < 1 ? null : number;
}

export interface LimitFieldsProps {
  /** What is counted: `emails`, `calls`. */
  unit: string;
  value: OwnLimits;
  onChange: (value: OwnLimits) => void;
}

/** How much a connection may be used (CONN-4); empty is no limit of our own. */
export function LimitFields({ unit, value, onChange }: LimitFieldsProps) {
  const shared = {
    min: 1,
    max: 1_000_000_000,
    allowDecimal: false,
    thousandSeparator: ',',
    hideControls: true,
  };
  return (
    <div className={classes.two}>
      <NumberInput
        {...shared}
        label={`Most ${unit} an hour`}
        placeholder="No limit"
        value={value.perHour ?? ''}
        onChange={(next) => onChange({ ...value, perHour: asLimit(next) })}
      />
      <NumberInput
        {...shared}
        label={`Most ${unit} a day`}
        placeholder="No limit"
        value={value.perDay ?? ''}
        onChange={(next) => onChange({ ...value, perDay: asLimit(next) })}
      />
    </div>
  );
}
