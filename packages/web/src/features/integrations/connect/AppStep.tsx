import { Button, TextInput } from '@mantine/core';
import type { ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';
import { getOAuthApp, saveOAuthApp } from '@trunkline/contract/oauth';
import type { OAuthApp } from '@trunkline/contract/oauth';
import { useRef, useState } from 'react';
import { BusyButton } from '../../../components/BusyButton.tsx';
import { CopyButton } from '../../../components/CopyButton.tsx';
import { ProviderLogo } from '../../../components/ProviderLogo.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../../components/StepDialog.tsx';
import { useOperationMutation } from '../../../lib/api.ts';
import { CredentialFields } from '../CredentialFields.tsx';
import { credentialProblems, enteredValues } from '../credential-rules.ts';
import { SetupSteps } from './SetupSteps.tsx';
import { fieldErrors } from './field-errors.ts';
import { focusFirstError } from './focus-first-error.ts';
import classes from './connect.module.css';

export interface AppStepProps {
  provider: ProviderDetail;
  connection: ProviderConnection;
  app: OAuthApp;
  onSaved: () => void;
  onBack: () => void;
  /** Reached from the app itself, not on the way to connecting. */
  alone?: boolean;
}

/** The organization's app at a provider: where to register it, and its client id and secret. */
export function AppStep({ provider, connection, app, onSaved, onBack, alone }: AppStepProps) {
  const form = useRef<HTMLFormElement>(null);
  const fields = connection.fields.filter((field) => field.level === 'app');
  const stored = app.secretsSet.map((key) => ({ key, preview: 'stored', reference: null }));
  const [values, setValues] = useState<Record<string, string>>(app.values);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const save = useOperationMutation(saveOAuthApp, {
    invalidates: [getOAuthApp],
    onSuccess: onSaved,
    onError: (error) => {
      const { byField, rest } = fieldErrors(error);
      setErrors(byField);
      setProblem(rest);
      focusFirstError(form.current);
    },
  });

  function submit(): void {
    const found = credentialProblems(fields, values, stored);
    setErrors(found);
    setProblem(null);
    if (Object.keys(found).length > 0) focusFirstError(form.current);
    else save.mutate({ provider: provider.slug, values: enteredValues(fields, values) });
  }

  return (
    <DialogStep
      title={`Set up the app at ${provider.name}`}
      subtitle="Once for the whole organization"
      logo={<ProviderLogo slug={provider.slug} name={provider.name} size={48} />}
    >
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isPending) submit();
        }}
      >
        <Stack>
          <p className={classes.text}>
            {provider.name} wants to know which application asks for access. Register one there, then enter
            what it gives you.
          </p>
          <SetupSteps steps={provider.setupSteps} />
          {connection.type === 'oauth2' && (
            <div className={classes.redirect}>
              <TextInput
                label="Redirect address"
                description={`Register it at ${provider.name}, exactly so.`}
                value={app.redirectUri}
                readOnly
                classNames={{ input: 'mono' }}
                onFocus={(event) => event.currentTarget.select()}
              />
              <CopyButton withLabel label="Copy address" value={app.redirectUri} />
            </div>
          )}
          <CredentialFields
            type={connection.type}
            fields={fields}
            values={values}
            onChange={setValues}
            errors={errors}
            stored={stored}
          />
        </Stack>
        <StepFooter
          problem={problem === null ? null : { message: problem, requestId: save.error?.requestId ?? null }}
          start={
            <Button variant="default" onClick={onBack}>
              {alone ? 'Cancel' : 'Back'}
            </Button>
          }
        >
          <BusyButton type="submit" busy={save.isPending}>
            {alone ? 'Save' : 'Save and continue'}
          </BusyButton>
        </StepFooter>
      </form>
    </DialogStep>
  );
}
