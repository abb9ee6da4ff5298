import { Skeleton } from '@mantine/core';
import { getProvider } from '@trunkline/contract/catalog';
import type { Integration } from '@trunkline/contract/integrations';
import { getOAuthApp, getOAuthStatus } from '@trunkline/contract/oauth';
import type { OAuthAttempt } from '@trunkline/contract/oauth';
import { useState } from 'react';
import { ErrorState } from '../../../components/ErrorState.tsx';
import { DialogStep, StepDialog } from '../../../components/StepDialog.tsx';
import { useOperation } from '../../../lib/api.ts';
import { useCan } from '../../../lib/session.ts';
import { AppStep } from './AppStep.tsx';
import { AskAdministrator } from './AskAdministrator.tsx';
import { ConsentFlow } from './ConsentFlow.tsx';
import { DoneStep } from './DoneStep.tsx';

type Subject = Pick<Integration, 'id' | 'name' | 'provider' | 'authType' | 'account'>;

interface ReconnectStepsProps {
  integration: Subject;
  /** Permissions to ask for beyond those that were granted. */
  more: readonly string[];
  onClose: () => void;
}

function ReconnectSteps({ integration, more, onClose }: ReconnectStepsProps) {
  const {
    id,
    provider: { slug },
  } = integration;
  const provider = useOperation(getProvider, { slug });
  const status = useOperation(getOAuthStatus, { integrationId: id });
  const app = useOperation(getOAuthApp, { provider: slug });
  const maySetUp = useCan('oauth_app.write');
  const [allowed, setAllowed] = useState<OAuthAttempt | null>(null);

  const error = provider.error ?? status.error ?? app.error;
  const connection = provider.data?.connections.find((each) => each.type === integration.authType);
  if (allowed && provider.data) {
    return (
      <DoneStep
        key="done"
        integrationId={id}
        provider={provider.data}
        report={null}
        allowed={allowed}
        onClose={onClose}
      />
    );
  }
  if (error) {
    return (
      <DialogStep key="error" title={`Connect ${integration.name}`}>
        <ErrorState
          error={error}
          onRetry={() => void Promise.all([provider, status, app].map((each) => each.refetch()))}
        />
      </DialogStep>
    );
  }
  if (!provider.data || !connection || !status.data || !app.data) {
    return (
      <DialogStep key="loading" title={`Connect ${integration.name}`}>
        <Skeleton height={180} />
      </DialogStep>
    );
  }
  if (app.data.source === null) {
    return maySetUp ? (
      <AppStep
        key="app"
        provider={provider.data}
        connection={connection}
        app={app.data}
        onSaved={() => void app.refetch()}
        onBack={onClose}
      />
    ) : (
      <DialogStep key="ask" title={`Connect ${integration.name}`}>
        <AskAdministrator provider={provider.data.name} />
      </DialogStep>
    );
  }
  const scopes = status.data.scopes.filter((each) => each.granted || each.required).map((each) => each.scope);
  // Never granted anything yet: as in a new connection, everything is asked for.
  const asked = status.data.scopes.some((each) => each.granted)
    ? scopes
    : status.data.scopes.map((each) => each.scope);
  return (
    <ConsentFlow
      key="consent"
      provider={provider.data}
      connection={connection}
      scopes={new Set([...asked, ...more])}
      host={null}
      account={integration.account}
      prepare={() => Promise.resolve(id)}
      onAllowed={setAllowed}
      remove={null}
      onClose={onClose}
    />
  );
}

export interface ReconnectDialogProps {
  /** Which integration; null: closed. */
  integration: Subject | null;
  /** Permissions to ask for beyond those that were granted (OAUTH-4). */
  more?: readonly string[];
  onClose: () => void;
}

/** Asks for consent once more: to finish connecting, to connect again, or for more permissions (OAUTH-3). */
export function ReconnectDialog({ integration, more = [], onClose }: ReconnectDialogProps) {
  const [last, setLast] = useState(integration);
  if (integration !== null && integration.id !== last?.id) setLast(integration);
  return (
    <StepDialog opened={integration !== null} onClose={onClose} closeOnClickOutside={false} size={600}>
      {last && <ReconnectSteps key={last.id} integration={last} more={more} onClose={onClose} />}
    </StepDialog>
  );
}
