import { Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createIntegration } from '@trunkline/contract/integrations';
import { getProvider } from '@trunkline/contract/catalog';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import type { CheckReport } from '@trunkline/contract/checks';
import { getOAuthApp } from '@trunkline/contract/oauth';
import type { OAuthAttempt } from '@trunkline/contract/oauth';
import { useState } from 'react';
import { ErrorState } from '../../../components/ErrorState.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { DialogStep } from '../../../components/StepDialog.tsx';
import { callOperation, useOperation } from '../../../lib/api.ts';
import { useCan } from '../../../lib/session.ts';
import { CredentialFields } from '../CredentialFields.tsx';
import { removeBegun } from '../integration-cache.ts';
import { credentialProblems, enteredValues } from '../credential-rules.ts';
import { AboutStep } from './AboutStep.tsx';
import { AppStep } from './AppStep.tsx';
import { AskAdministrator } from './AskAdministrator.tsx';
import { ConsentFlow } from './ConsentFlow.tsx';
import { DoneStep } from './DoneStep.tsx';
import { Fold } from './Fold.tsx';
import { FormStep } from './FormStep.tsx';
import { hostOf, needsApp, startScopes } from './connect-words.ts';
import { fieldErrors } from './field-errors.ts';
import { formFields } from './form-fields.ts';

type Step =
  | { at: 'about' }
  | { at: 'app' }
  | { at: 'form' }
  | { at: 'consent' }
  | { at: 'done'; integrationId: string; report: CheckReport | null; allowed: OAuthAttempt | null };

interface StepsProps {
  provider: ProviderDetail;
  /** Something is typed or under way: a press beside the dialog must not end it. */
  onBusy: (busy: boolean) => void;
  onEdit: () => void;
  onClose: () => void;
}

function Steps({ provider, onBusy, onEdit, onClose }: StepsProps) {
  const [step, setStep] = useState<Step>({ at: 'about' });
  const [way, setWay] = useState(0);
  const connection = provider.connections[way] ?? provider.connections[0];
  const [scopes, setScopes] = useState(() => (connection ? startScopes(connection) : new Set<string>()));
  const [values, setValues] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  // Made once: what was begun is gone on with, also after a refusal or a denial.
  const [made, setMade] = useState<string | null>(null);
  const withApp = connection !== undefined && needsApp(connection.type);
  const app = useOperation(getOAuthApp, { provider: provider.slug }, { enabled: withApp });
  const maySetUp = useCan('oauth_app.write');
  const client = useQueryClient();
  if (!connection) return null;
  const fields = formFields(connection);
  const needed = fields.filter((field) => !field.optional);
  const spare = fields.filter((field) => field.optional);
  const shared = {
    type: connection.type,
    values,
    onChange: setValues,
    errors,
    disabled: made !== null,
  };
  const isMissing = withApp && app.data?.source === null;

  function go(next: Step): void {
    onBusy(next.at !== 'about');
    setStep(next);
  }
  function connect(): void {
    go({ at: connection?.type === 'oauth2' ? 'consent' : 'form' });
  }

  switch (step.at) {
    case 'app':
      return app.data ? (
        <AppStep
          key="app"
          provider={provider}
          connection={connection}
          app={app.data}
          onSaved={connect}
          onBack={() => go({ at: 'about' })}
        />
      ) : null;
    case 'form':
      return (
        <FormStep
          key="form"
          provider={provider}
          connection={connection}
          onSaved={(integrationId, report) => go({ at: 'done', integrationId, report, allowed: null })}
          onBack={() => go({ at: 'about' })}
        />
      );
    case 'consent':
      return (
        <ConsentFlow
          key="consent"
          provider={provider}
          connection={connection}
          scopes={scopes}
          host={hostOf(connection.oauth2?.authorizationUrl ?? null, values)}
          account={null}
          isReady={() => {
            const found = credentialProblems(fields, values);
            setErrors(found);
            return Object.keys(found).length === 0;
          }}
          prepare={async () => {
            if (made !== null) return made;
            const { id } = await callOperation(createIntegration, {
              provider: provider.slug,
              authType: connection.type,
              values: enteredValues(fields, values),
            });
            setMade(id);
            return id;
          }}
          onRefused={(error) => {
            const { byField, rest } = fieldErrors(error);
            setErrors(byField);
            return rest;
          }}
          onAllowed={(allowed) =>
            go({ at: 'done', integrationId: allowed.integrationId, report: null, allowed })
          }
          onBack={() => go({ at: 'about' })}
          remove={made === null ? null : () => removeBegun(client, made)}
          onClose={onClose}
        >
          {needed.length > 0 && <CredentialFields {...shared} fields={needed} />}
          {spare.length > 0 && (
            <Fold title="Optional values">
              <CredentialFields {...shared} fields={spare} />
            </Fold>
          )}
        </ConsentFlow>
      );
    case 'done':
      return (
        <DoneStep
          key="done"
          integrationId={step.integrationId}
          provider={provider}
          report={step.report}
          allowed={step.allowed}
          onClose={onClose}
        />
      );
    case 'about':
      return (
        <AboutStep
          key="about"
          provider={provider}
          way={way}
          onWay={(next) => {
            setWay(next);
            const chosen = provider.connections[next];
            if (chosen) setScopes(startScopes(chosen));
            setValues({});
          }}
          scopes={scopes}
          onScopes={setScopes}
          busy={withApp && app.isPending}
          blocked={isMissing && !maySetUp}
          before={isMissing && !maySetUp ? <AskAdministrator provider={provider.name} /> : null}
          {...(isMissing ? { label: `Set up the app at ${provider.name}` } : {})}
          onConnect={() => (isMissing ? go({ at: 'app' }) : connect())}
          onEdit={onEdit}
          onClose={onClose}
        />
      );
  }
}

/** The steps of connecting one provider, from what it is to the proof that it works. */
export function ConnectSteps({ slug, ...rest }: { slug: string } & Omit<StepsProps, 'provider'>) {
  const { data, error, refetch } = useOperation(getProvider, { slug });
  if (data) return <Steps provider={data} {...rest} />;
  if (error) {
    return (
      <DialogStep key="error" title="Provider">
        <ErrorState
          error={error}
          title={
            error.code === 'not_found'
              ? 'The catalog has no such provider'
              : 'The provider could not be loaded'
          }
          {...(error.code === 'not_found' ? {} : { onRetry: () => void refetch() })}
        />
      </DialogStep>
    );
  }
  return (
    <DialogStep key="loading" title="Provider">
      <Stack>
        <Skeleton height={48} />
        <Skeleton height={120} />
        <Skeleton height={120} />
      </Stack>
    </DialogStep>
  );
}
