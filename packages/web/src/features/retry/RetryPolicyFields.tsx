import { NumberInput, Radio, Switch } from '@mantine/core';
import type { RetryPolicy } from '@trunkline/contract/retry';
import { formatSeconds } from '../../lib/format.ts';
import classes from './RetryPolicyFields.module.css';

const strategies: { value: RetryPolicy['retryStrategy']; label: string; description: string }[] = [
  {
    value: 'exponential',
    label: 'Exponential backoff (recommended)',
    description: 'Each wait is twice the one before: quick at first, then gentle on an endpoint in trouble.',
  },
  {
    value: 'linear',
    label: 'Linear delay',
    description: 'Each wait is longer than the one before by the initial delay.',
  },
  { value: 'fixed', label: 'Fixed delay', description: 'Every wait is the initial delay.' },
];

export interface RetryPolicyFieldsProps {
  value: RetryPolicy;
  onChange: (change: Partial<RetryPolicy>) => void;
  errors?: Partial<Record<keyof RetryPolicy, string>>;
  readOnly?: boolean;
}

/** What is wrong with the numbers of a policy, by field; empty when it may be saved. */
export function policyProblems(policy: RetryPolicy): Partial<Record<keyof RetryPolicy, string>> {
  const problems: Partial<Record<keyof RetryPolicy, string>> = {};
  const isWhole = (value: number, max: number) => Number.isInteger(value) && value >= 1 && value <= max;
  if (!isWhole(policy.maxRetries, 10)) problems.maxRetries = 'A whole number from 1 to 10';
  if (!isWhole(policy.initialDelaySeconds, 86_400)) {
    problems.initialDelaySeconds = 'From 1 second to 1 day (86,400 s)';
  }
  if (!isWhole(policy.maxDelaySeconds, 604_800)) {
    problems.maxDelaySeconds = 'From 1 second to 7 days (604,800 s)';
  } else if (!problems.initialDelaySeconds && policy.maxDelaySeconds < policy.initialDelaySeconds) {
    problems.maxDelaySeconds = `At least the initial delay, ${formatSeconds(policy.initialDelaySeconds)}`;
  }
  return problems;
}

/** An empty number field gives '', which stays what it is and is refused by `policyProblems`. */
function numberOf(value: string | number): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function SecondsInput(props: {
  label: string;
  description: string;
  value: number;
  onChange: (value: number) => void;
  error: string | undefined;
  readOnly: boolean;
}) {
  const { value, onChange, ...others } = props;
  const reading = Number.isFinite(value) && value >= 60 ? `= ${formatSeconds(value)}` : 's';
  return (
    <NumberInput
      {...others}
      value={Number.isFinite(value) ? value : ''}
      onChange={(next) => onChange(numberOf(next))}
      min={1}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      clampBehavior="none"
      hideControls
      rightSection={<span className={classes.unit}>{reading}</span>}
      rightSectionWidth={104}
      rightSectionPointerEvents="none"
    />
  );
}

/** Strategy, number of retries, delays and jitter. */
export function RetryPolicyFields({
  value,
  onChange,
  errors = {},
  readOnly = false,
}: RetryPolicyFieldsProps) {
  return (
    <div className={classes.fields}>
      <Radio.Group
        label="Retry strategy"
        value={value.retryStrategy}
        onChange={(next) => onChange({ retryStrategy: next })}
      >
        <div className={classes.choices}>
          {strategies.map((strategy) => (
            <Radio key={strategy.value} {...strategy} disabled={readOnly} />
          ))}
        </div>
      </Radio.Group>
      <div className={classes.pair}>
        <NumberInput
          label="Max retries"
          description="After the first attempt, 1 to 10."
          value={Number.isFinite(value.maxRetries) ? value.maxRetries : ''}
          onChange={(next) => onChange({ maxRetries: numberOf(next) })}
          min={1}
          max={10}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          readOnly={readOnly}
          error={errors.maxRetries}
        />
        <SecondsInput
          label="Initial delay"
          description="Before the first retry, in seconds."
          value={value.initialDelaySeconds}
          onChange={(initialDelaySeconds) => onChange({ initialDelaySeconds })}
          error={errors.initialDelaySeconds}
          readOnly={readOnly}
        />
        <SecondsInput
          label="Max delay"
          description="No wait is longer, in seconds."
          value={value.maxDelaySeconds}
          onChange={(maxDelaySeconds) => onChange({ maxDelaySeconds })}
          error={errors.maxDelaySeconds}
          readOnly={readOnly}
        />
      </div>
      <Switch
        label="Add random jitter"
        description="Shortens each wait by up to half, so that deliveries which failed together do not return together."
        checked={value.enableJitter}
        onChange={(event) => onChange({ enableJitter: event.currentTarget.checked })}
        disabled={readOnly}
      />
    </div>
  );
}
