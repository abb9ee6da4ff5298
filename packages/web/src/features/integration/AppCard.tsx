import { Button, TextInput } from '@mantine/core';
import type { ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';
import { deleteOAuthApp, getOAuthApp, getOAuthStatus } from '@trunkline/contract/oauth';
import type { OAuthApp } from '@trunkline/contract/oauth';
import { useQueryClient } from '@tanstack/react-query';
import { KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { StepDialog } from '../../components/StepDialog.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { AppStep } from '../integrations/connect/AppStep.tsx';
import { lockedReasons } from '../integrations/reasons.ts';
import { appWords } from './oauth-words.ts';
import classes from './IntegrationPage.module.css';

export interface AppCardProps {
  provider: ProviderDetail;
  connection: ProviderConnection;
  app: OAuthApp;
}

/** The app at a provider: whose it is, the address to register, and its client id and secret to change. */
export function AppCard({ provider, connection, app }: AppCardProps) {
  const client = useQueryClient();
  const [dialog, setDialog] = useState<'change' | 'remove' | null>(null);
  const close = () => setDialog(null);
  const words = appWords(app.source, provider.name);
  const own = app.source === 'organization';
  const fields = connection.fields.filter((field) => field.level === 'app');
  return (
    <Card
      title={`App at ${provider.name}`}
      description="The application in whose name access is asked for."
      actions={
        <Row>
          {own && (
            <LockedAction permission="oauth_app.write" reason={lockedReasons.app}>
              <Button
                variant="default"
                leftSection={<Trash2 aria-hidden />}
                onClick={() => setDialog('remove')}
              >
                Remove
              </Button>
            </LockedAction>
          )}
          <LockedAction permission="oauth_app.write" reason={lockedReasons.app}>
            <Button
              variant="default"
              leftSection={<KeyRound aria-hidden />}
              onClick={() => setDialog('change')}
            >
              {own ? 'Change' : 'Set up your own'}
            </Button>
          </LockedAction>
        </Row>
      }
    >
      <div className={classes.narrow}>
        <Stack>
          <div>
            <h3 className={classes.label}>{words.title}</h3>
            <p className={classes.text}>{words.text}</p>
          </div>
          {own && (
            <KeyValueList
              items={[
                ...fields.map((field) => {
                  const value = app.values[field.key];
                  const stored = app.secretsSet.includes(field.key) ? 'Stored, never shown' : 'Not set';
                  return {
                    label: field.label,
                    value: field.secret ? (
                      stored
                    ) : value ? (
                      <span className={classes.copied}>
                        <span className="mono">{value}</span>
                        <CopyButton label={`Copy ${field.label}`} value={value} />
                      </span>
                    ) : (
                      'Not set'
                    ),
                  };
                }),
                { label: 'Used by', value: countOf(app.integrations, 'integration', 'integrations') },
                { label: 'Changed', value: app.updatedAt ? <RelativeTime at={app.updatedAt} /> : null },
              ]}
            />
          )}
          {connection.type === 'oauth2' && (
            <div className={classes.redirect}>
              <TextInput
                label="Redirect address"
                description={`Registered at ${provider.name}, exactly so.`}
                value={app.redirectUri}
                readOnly
                classNames={{ input: 'mono' }}
                onFocus={(event) => event.currentTarget.select()}
              />
              <CopyButton withLabel label="Copy address" value={app.redirectUri} />
            </div>
          )}
        </Stack>
      </div>
      <StepDialog opened={dialog === 'change'} onClose={close} closeOnClickOutside={false} size={600}>
        {dialog === 'change' && (
          <AppStep
            alone
            provider={provider}
            connection={connection}
            app={app}
            onSaved={() => {
              close();
              notifyDone('The app is saved', 'Its next sign-ins use it.');
              void invalidateOperations(client, [getOAuthStatus]);
            }}
            onBack={close}
          />
        )}
      </StepDialog>
      <ConfirmDialog
        opened={dialog === 'remove'}
        onClose={close}
        title={`Remove the app at ${provider.name}?`}
        confirmLabel="Remove app"
        danger
        onConfirm={async () => {
          await callOperation(deleteOAuthApp, { provider: provider.slug });
          await invalidateOperations(client, [getOAuthApp, getOAuthStatus]);
        }}
      >
        <p>
          Its client ID and secret are erased here.{' '}
          {app.integrations > 0 &&
            `${countOf(app.integrations, 'integration', 'integrations')} at ${provider.name} cannot renew access with it any more and may have to be connected again.`}
        </p>
      </ConfirmDialog>
    </Card>
  );
}
