import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { Stack } from '../../components/Stack.tsx';
import type { SettingField, SettingValue } from './setting-rules.ts';

interface FieldProps {
  field: SettingField;
  value: SettingValue | undefined;
  error: string | null;
  disabled: boolean;
  onChange: (value: SettingValue) => void;
}

function Field({ field, value, error, disabled, onChange }: FieldProps) {
  const words = { label: field.label, description: field.help, error, disabled };
  switch (field.type) {
    case 'switch':
      return (
        <Switch
          {...words}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...words}
          hideControls
          thousandSeparator=","
          value={typeof value === 'number' ? value : ''}
          onChange={onChange}
        />
      );
    case 'select':
      return (
        <Select
          {...words}
          data={field.options ?? []}
          value={typeof value === 'string' ? value : null}
          onChange={(next) => onChange(next ?? '')}
          allowDeselect={false}
        />
      );
    case 'text':
      return (
        <TextInput
          {...words}
          maxLength={2000}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

export interface SettingFieldsProps {
  fields: readonly SettingField[];
  values: Readonly<Record<string, SettingValue>>;
  errors: Readonly<Record<string, string>>;
  disabled: boolean;
  onChange: (values: Record<string, SettingValue>) => void;
}

/** The settings that a provider has (CONN-2). */
export function SettingFields({ fields, values, errors, disabled, onChange }: SettingFieldsProps) {
  return (
    <Stack>
      {fields.map((field) => (
        <Field
          key={field.key}
          field={field}
          value={values[field.key]}
          error={errors[field.key] ?? null}
          disabled={disabled}
          onChange={(value) => onChange({ ...values, [field.key]: value })}
        />
      ))}
    </Stack>
  );
}
