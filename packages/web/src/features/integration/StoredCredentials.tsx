import { Button } from '@mantine/core';
import type { ProviderConnection, ProviderField } from '@trunkline/contract/catalog';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { KeyRound } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { portWords } from '../integrations/credential-rules.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { SecretLine } from './SecretLine.tsx';
import { ageWords, reminderWords, rotationDays } from './credential-age.ts';
import classes from './IntegrationPage.module.css';

export interface StoredCredentialsProps {
  integration: IntegrationDetail;
  connection: ProviderConnection;
  fields: readonly ProviderField[];
  /** The form for new ones is open already. */
  editing: boolean;
  onReplace: () => void;
}

function Value({
  connection,
  field,
  value,
}: {
  connection: ProviderConnection;
  field: ProviderField;
  value: string;
}) {
  const shown = field.options?.find((option) => option.value === value)?.label ?? value;
  const note = connection.type === 'smtp' && field.key === 'port' ? portWords(value) : null;
  return (
    <>
      <span className={classes.copied}>
        {field.multiline ? <span className="mono">{shown}</span> : shown}
        {!field.options && <CopyButton label={`Copy ${field.label}`} value={value} />}
      </span>
      {note && <p className={classes.quiet}>{note}</p>}
    </>
  );
}

/** The values that an integration connects by: secrets masked, with their age (CONN-8). */
export function StoredCredentials(props: StoredCredentialsProps) {
  const { integration, connection, fields, editing, onReplace } = props;
  const { values, secrets, credentialsChangedAt, rotationDue } = integration;
  const now = useNow();
  // What may be left out and was, is nothing to show.
  const plain = fields.filter(({ key, secret, optional }) => !secret && !(optional && !values[key]));
  const secret = fields.filter((field) => field.secret);
  const age = credentialsChangedAt && ageWords(credentialsChangedAt, now);
  const reminder = credentialsChangedAt && reminderWords(credentialsChangedAt, now);
  const replace = connection.type === 'smtp' ? 'Change connection' : 'Replace credentials';
  return (
    <Card
      title="Credentials in use"
      description={
        credentialsChangedAt
          ? `Entered ${age}, ${formatAbsolute(credentialsChangedAt)}.${reminder ? ` A reminder to replace them comes ${reminder}.` : ''}`
          : 'None are stored.'
      }
      actions={
        !editing && (
          <LockedAction permission="integration.write" reason={lockedReasons.write}>
            <Button variant="default" leftSection={<KeyRound aria-hidden />} onClick={onReplace}>
              {replace}
            </Button>
          </LockedAction>
        )
      }
    >
      <div className={classes.narrow}>
        <Stack>
          {rotationDue && (
            <Notice tone="degraded" title={`They are older than ${rotationDays} days`}>
              Make new ones at the provider and enter them here: they take over when they pass the test, and
              until then the old ones work.
            </Notice>
          )}
          {plain.length > 0 && (
            <KeyValueList
              items={plain.map((field) => {
                const value = values[field.key];
                return {
                  label: field.label,
                  value: value ? <Value connection={connection} field={field} value={value} /> : 'Not set',
                };
              })}
            />
          )}
          {secret.map((field) => (
            <SecretLine
              key={field.key}
              integrationId={integration.id}
              field={field}
              stored={secrets.find(({ key }) => key === field.key)}
            />
          ))}
          {secret.length > 0 && (
            <p className={classes.quiet}>
              Stored encrypted. Showing or copying one asks who you are and is in the audit log; it hides
              itself after 30 seconds.
            </p>
          )}
        </Stack>
      </div>
    </Card>
  );
}
