import { Skeleton } from '@mantine/core';
import type { ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { getOAuthApp, getOAuthStatus } from '@trunkline/contract/oauth';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { useOperation } from '../../lib/api.ts';
import { AppCard } from './AppCard.tsx';
import { ConnectionStatus } from './ConnectionStatus.tsx';
import { EndAccessDialog } from './EndAccessDialog.tsx';
import { ScopesCard } from './ScopesCard.tsx';
import classes from './IntegrationPage.module.css';

export interface PermissionsTabProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
  connection: ProviderConnection;
  /** More permissions are being chosen. */
  choosing: boolean;
  onChoosing: (choosing: boolean) => void;
  /** Asks for consent, for more permissions than before if some are named. */
  onReconnect: (more: readonly string[]) => void;
}

/** The connection by OAuth: as whom, until when, what it may do, and by which app (OAUTH-3 to OAUTH-5). */
export function PermissionsTab(props: PermissionsTabProps) {
  const { integration, provider, connection, choosing, onChoosing, onReconnect } = props;
  const status = useOperation(getOAuthStatus, { integrationId: integration.id });
  const withApp = status.data !== undefined && status.data.app !== 'integration';
  const app = useOperation(getOAuthApp, { provider: provider.slug }, { enabled: withApp });
  const [ending, setEnding] = useState(false);
  if (!status.data) {
    return (
      <Card title="Connection status">
        {status.error ? (
          <ErrorState error={status.error} onRetry={() => void status.refetch()} />
        ) : (
          <div className={classes.skeleton} aria-busy>
            <Skeleton height={24} width={280} />
            <Skeleton height={90} />
          </div>
        )}
      </Card>
    );
  }
  return (
    <div className={classes.pile}>
      <ConnectionStatus
        integration={integration}
        status={status.data}
        onReconnect={() => onReconnect([])}
        onDisconnect={() => setEnding(true)}
      />
      <ScopesCard
        status={status.data}
        provider={provider.name}
        choosing={choosing}
        onChoosing={onChoosing}
        onAsk={onReconnect}
      />
      {withApp &&
        (app.data ? (
          <AppCard provider={provider} connection={connection} app={app.data} />
        ) : (
          <Card title={`App at ${provider.name}`}>
            {app.error ? (
              <ErrorState error={app.error} onRetry={() => void app.refetch()} />
            ) : (
              <Skeleton height={90} />
            )}
          </Card>
        ))}
      <EndAccessDialog
        integration={integration}
        status={status.data}
        opened={ending}
        onClose={() => setEnding(false)}
      />
    </div>
  );
}
