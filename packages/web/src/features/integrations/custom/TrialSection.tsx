import type { CheckReport } from '@trunkline/contract/checks';
import type { CustomKind } from '@trunkline/contract/custom-providers';
import { Stethoscope } from 'lucide-react';
import { BusyButton } from '../../../components/BusyButton.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { CheckSteps } from '../CheckSteps.tsx';
import { CredentialFields } from '../CredentialFields.tsx';
import type { FieldValues } from '../credential-rules.ts';
import { trialFields } from './custom-form.ts';
import classes from '../connect/connect.module.css';

/** What a check of a definition found, and of which definition and values. */
export interface Trial {
  report: CheckReport;
  of: string;
}

export interface TrialSectionProps {
  kind: CustomKind;
  /** Of the definition. */
  values: FieldValues;
  typed: FieldValues;
  onTyped: (values: FieldValues) => void;
  /** By key, those of values as `values/…`. */
  errors: Readonly<Record<string, string>>;
  trial: Trial | null;
  /** The definition or the values have changed since. */
  outdated: boolean;
  busy: boolean;
  onCheck: () => void;
}

/** Tries a definition with typed values before it is saved, step by step (CAT-5). */
export function TrialSection(props: TrialSectionProps) {
  const { kind, values, typed, onTyped, errors, trial, outdated, busy, onCheck } = props;
  const fields = trialFields(kind, values);
  return (
    <section className={classes.section} aria-label="Try it">
      <h3 className={classes.heading}>Try it</h3>
      <Stack gap={12}>
        <p className={classes.quiet}>
          {kind === 'oauth2' && fields.length === 0
            ? 'The addresses are checked. Consent of a person cannot be tried before the provider is added.'
            : 'Checks what is typed above with values of yours. Nothing is saved.'}
        </p>
        {fields.length > 0 && (
          <CredentialFields
            type="api_key"
            fields={fields}
            values={typed}
            onChange={onTyped}
            errors={Object.fromEntries(
              Object.entries(errors).map(([key, message]) => [key.replace(/^values\//, ''), message]),
            )}
            withoutReferences
          />
        )}
        <div>
          <BusyButton
            variant="default"
            leftSection={<Stethoscope aria-hidden />}
            busy={busy}
            onClick={onCheck}
          >
            Check
          </BusyButton>
        </div>
        {trial && outdated && (
          <Notice tone="degraded" title="You have changed values since this check.">
            Check again before you rely on it.
          </Notice>
        )}
        {trial && <CheckSteps report={trial.report} />}
      </Stack>
    </section>
  );
}
