import { Button, PasswordInput, Radio, Select, TextInput, Textarea } from '@mantine/core';
import type { ConnectionType, ProviderField } from '@trunkline/contract/catalog';
import type { StoredSecret } from '@trunkline/contract/integrations';
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Stack } from '../../components/Stack.tsx';
import { environmentName, isStored, portWords, withValue } from './credential-rules.ts';
import type { FieldValues } from './credential-rules.ts';
import classes from './CredentialFields.module.css';

/** Up to so many choices are shown side by side; more go into a list. */
const shownChoices = 4;

interface FieldProps {
  field: ProviderField;
  value: string;
  onChange: (value: string) => void;
  error: string | null;
  /** An empty field keeps what is stored. */
  keeps: boolean;
  disabled: boolean;
}

/** What every input of a field has: its words, its error, and no autofill of somebody's other passwords. */
function common({ field, error, disabled, keeps }: FieldProps) {
  return {
    label: field.label,
    description: keeps ? `${field.help} Leave it empty to keep the stored value.` : field.help,
    required: !field.optional && !keeps,
    error,
    disabled,
    autoComplete: field.secret ? 'new-password' : 'off',
    spellCheck: false,
  };
}

function SecretText(props: FieldProps) {
  const [shown, setShown] = useState(false);
  const { field, value, onChange, keeps } = props;
  return (
    <div>
      <Textarea
        {...common(props)}
        classNames={{ input: `mono ${shown ? '' : classes.masked}` }}
        placeholder={keeps ? 'Stored' : (field.example ?? '')}
        minRows={3}
        maxRows={8}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Button
        className={classes.reveal ?? ''}
        variant="subtle"
        size="xs"
        aria-pressed={shown}
        leftSection={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        onClick={() => setShown(!shown)}
      >
        {shown ? `Hide ${field.label}` : `Show ${field.label}`}
      </Button>
    </div>
  );
}

function Choice(props: FieldProps) {
  const { field, value, onChange, disabled } = props;
  const options = field.options ?? [];
  const { autoComplete: _, spellCheck: __, ...words } = common(props);
  if (field.optional || options.length > shownChoices) {
    return (
      <Select
        {...words}
        data={options}
        value={value === '' ? null : value}
        onChange={(next) => onChange(next ?? '')}
        placeholder={field.optional ? 'None' : 'Choose'}
        clearable={field.optional}
        allowDeselect={field.optional}
      />
    );
  }
  return (
    <Radio.Group {...words} value={value} onChange={onChange}>
      <div className={classes.choices}>
        {options.map((option) => (
          <Radio key={option.value} value={option.value} label={option.label} disabled={disabled} />
        ))}
      </div>
    </Radio.Group>
  );
}

function Field(props: FieldProps) {
  const { field, value, onChange, keeps } = props;
  if (field.options) return <Choice {...props} />;
  if (field.multiline && field.secret) return <SecretText {...props} />;
  const shared = {
    ...common(props),
    placeholder: keeps ? 'Stored' : (field.example ?? ''),
    value,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  if (field.multiline) return <Textarea {...shared} minRows={3} maxRows={8} />;
  if (!field.secret) return <TextInput {...shared} />;
  return (
    <PasswordInput
      {...shared}
      visibilityToggleButtonProps={{ 'aria-label': `Show or hide ${field.label}`, tabIndex: 0 }}
    />
  );
}

export interface CredentialFieldsProps {
  type: ConnectionType;
  fields: readonly ProviderField[];
  values: Readonly<FieldValues>;
  onChange: (values: FieldValues) => void;
  /** By key, from `credentialProblems` and from the server. */
  errors?: Readonly<Record<string, string>>;
  /** Secrets that are stored already: an empty field keeps them. */
  stored?: readonly StoredSecret[];
  disabled?: boolean;
  /** Variables of the server cannot stand for values here, and nothing is stored. */
  withoutReferences?: boolean;
}

/** The form of a connection's values: each with where to find it; secrets are masked with a way to look. */
export function CredentialFields(props: CredentialFieldsProps) {
  const { type, fields, values, onChange, errors = {}, stored = [], disabled = false } = props;

  function below(field: ProviderField, value: string): ReactNode {
    const variable = environmentName(value);
    if (variable !== null) {
      return (
        <p className={classes.note}>
          Read from the variable <span className="mono">{variable}</span> of the server, each time it is used.
        </p>
      );
    }
    const security = type === 'smtp' && field.key === 'port' ? portWords(value) : null;
    if (security === null) return null;
    return <p className={value === '25' ? `${classes.note} ${classes.warning}` : classes.note}>{security}</p>;
  }

  return (
    <Stack>
      {fields.map((field) => {
        const value = values[field.key] ?? '';
        return (
          <div key={field.key}>
            <Field
              field={field}
              value={value}
              onChange={(next) => onChange(withValue(type, values, field.key, next))}
              error={errors[field.key] ?? null}
              keeps={field.secret && isStored(stored, field.key)}
              disabled={disabled}
            />
            {below(field, value)}
          </div>
        );
      })}
      {!props.withoutReferences && fields.some((field) => field.secret) && (
        <p className={classes.note}>
          Secrets are stored encrypted. Instead of a value you may enter{' '}
          <span className="mono">env:NAME</span>: it is then read from that variable of the server, if its
          operator has released it.
        </p>
      )}
    </Stack>
  );
}
