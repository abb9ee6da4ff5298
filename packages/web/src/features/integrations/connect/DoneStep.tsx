import { Button, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listProviders } from '@trunkline/contract/catalog';
import type { CheckReport } from '@trunkline/contract/checks';
import { getIntegration, listIntegrations, testIntegration } from '@trunkline/contract/integrations';
import type { OAuthAttempt } from '@trunkline/contract/oauth';
import { Check } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { BusyButton } from '../../../components/BusyButton.tsx';
import { ErrorState } from '../../../components/ErrorState.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { ProviderLogo } from '../../../components/ProviderLogo.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../../components/StepDialog.tsx';
import { invalidateOperations, useOperationMutation } from '../../../lib/api.ts';
import { ButtonLink } from '../../webhooks/ButtonLink.tsx';
import { CheckSteps } from '../CheckSteps.tsx';
import { outcomeWords } from '../check-words.ts';
import classes from './connect.module.css';

export interface DoneStepProps {
  integrationId: string;
  provider: { slug: string; name: string };
  /** What the test found that it was saved with; null: it is tested now, before anything is claimed. */
  report: CheckReport | null;
  /** The consent that it was connected by. */
  allowed: OAuthAttempt | null;
  onClose: () => void;
}

/** The end of connecting: it says that it works only when a check has passed. */
export function DoneStep({ integrationId, provider, report, allowed, onClose }: DoneStepProps) {
  const client = useQueryClient();
  const test = useOperationMutation(testIntegration, {
    invalidates: [getIntegration, listIntegrations, listProviders],
  });
  const begun = useRef(false);
  const { mutate } = test;
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    if (report) void invalidateOperations(client, [listIntegrations, listProviders]);
    else mutate({ id: integrationId });
  }, [client, integrationId, mutate, report]);

  const result = report ?? test.data ?? null;
  const footer = (
    <StepFooter
      start={
        <ButtonLink href={`/integrations/${integrationId}`} variant="default">
          Configure settings
        </ButtonLink>
      }
    >
      {result && !result.ok ? (
        <>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <BusyButton busy={test.isPending} onClick={() => mutate({ id: integrationId })}>
            Test again
          </BusyButton>
        </>
      ) : (
        <Button onClick={onClose}>Done</Button>
      )}
    </StepFooter>
  );
  const account = result?.account ?? allowed?.account ?? null;
  const missing = allowed?.missingScopes ?? [];
  const missed = missing.length > 0 && (
    <Notice tone="degraded" title="Some permissions were not given">
      Without them it cannot: {missing.map(({ means }) => means).join('; ')}. You can request them later in
      its settings.
    </Notice>
  );

  if (result?.ok) {
    return (
      <DialogStep key="works" title="Connection successful">
        <Stack>
          <div className={classes.waiting} role="status">
            <span className={classes.good}>
              <Check size={24} aria-hidden />
            </span>
            <p className={classes.big}>Successfully connected to {provider.name}</p>
            {account && (
              <p className={classes.text}>
                Connected as <strong>{account}</strong>
              </p>
            )}
            <p className={classes.quiet}>
              {outcomeWords(result)}. From now on it is checked every few minutes.
            </p>
          </div>
          {missed}
        </Stack>
        {footer}
      </DialogStep>
    );
  }
  if (result) {
    return (
      <DialogStep key="fails" title={`${provider.name} is saved, but does not work yet`}>
        <Stack>
          <CheckSteps report={result} />
          {missed}
        </Stack>
        {footer}
      </DialogStep>
    );
  }
  if (test.error) {
    return (
      <DialogStep key="unknown" title={`${provider.name} is saved`}>
        <ErrorState
          error={test.error}
          title="Whether it works could not be tested"
          onRetry={() => mutate({ id: integrationId })}
        />
        {footer}
      </DialogStep>
    );
  }
  return (
    <DialogStep key="testing" title={`Testing ${provider.name}`}>
      <div className={classes.waiting} role="status">
        <ProviderLogo slug={provider.slug} name={provider.name} size={48} />
        <p className={classes.big}>Saved. Now it is tested</p>
        <p className={classes.text}>A harmless call shows whether it really works.</p>
        <Loader aria-hidden />
      </div>
    </DialogStep>
  );
}
