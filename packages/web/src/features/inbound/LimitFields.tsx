import { NumberInput, Textarea } from '@mantine/core';
import { Stack } from '../../components/Stack.tsx';
import { readNetworkList } from '../api-key/networks.ts';

/** From where webhooks may come, as typed, and how many a minute; null while the field is empty. */
export interface SourceLimits {
  addresses: string;
  perMinute: number | null;
}

/** What a new source begins with. */
export const usualLimits: SourceLimits = { addresses: '', perMinute: 3_000 };

/** What is wrong with them, by field. */
export function limitProblems({ addresses, perMinute }: SourceLimits): Record<string, string> {
  const problems: Record<string, string> = {};
  if (perMinute === null || perMinute < 1 || perMinute > 100_000) {
    problems['perMinute'] = 'A number from 1 to 100,000';
  }
  if (readNetworkList(addresses).length > 50) problems['allowedAddresses'] = '50 at most';
  return problems;
}

export interface LimitFieldsProps {
  value: SourceLimits;
  onChange: (value: SourceLimits) => void;
  errors: Readonly<Record<string, string>>;
  disabled?: boolean;
}

/** Allowed addresses and rate of a source. */
export function LimitFields({ value, onChange, errors, disabled = false }: LimitFieldsProps) {
  return (
    <Stack>
      <Textarea
        label="Allowed addresses"
        description="One a line: an address or a network, such as 203.0.113.0/24. Empty: from everywhere. The signature is checked in either case."
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        disabled={disabled}
        value={value.addresses}
        onChange={(event) => onChange({ ...value, addresses: event.currentTarget.value })}
        error={errors['allowedAddresses']}
      />
      <NumberInput
        label="Webhooks a minute"
        description="More are answered 429, so that the provider sends them again later."
        hideControls
        thousandSeparator=","
        allowDecimal={false}
        allowNegative={false}
        disabled={disabled}
        value={value.perMinute ?? ''}
        onChange={(next) => onChange({ ...value, perMinute: typeof next === 'number' ? next : null })}
        error={errors['perMinute']}
      />
    </Stack>
  );
}
