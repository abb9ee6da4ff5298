import { Select } from '@mantine/core';
import { Check } from 'lucide-react';
import { useIntegrationChoices } from './use-integration-choices.ts';
import classes from './IntegrationSelect.module.css';

export interface IntegrationSelectProps {
  /** Id of the chosen integration. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
  label?: string;
  'aria-label'?: string;
  placeholder?: string;
}

/** Narrows a list to one integration, which is found by its name, its account or its provider, however many there are. */
export function IntegrationSelect({ value, onChange, ...words }: IntegrationSelectProps) {
  const { hintOf, ...choices } = useIntegrationChoices(value === undefined ? [] : [value]);
  return (
    <Select
      {...words}
      {...choices}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      renderOption={({ option, checked }) => {
        const hint = hintOf(option.value);
        return (
          <>
            {checked && <Check size={14} aria-hidden />}
            <span className={classes.option}>
              {option.label}
              {hint !== null && <span className={classes.hint}>{hint}</span>}
            </span>
          </>
        );
      }}
      searchable
      clearable
    />
  );
}
