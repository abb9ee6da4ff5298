import type { ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { useState } from 'react';
import { useCan } from '../../lib/session.ts';
import { formFields } from '../integrations/connect/form-fields.ts';
import { focusHeadingIfLost } from '../../lib/keep-focus.ts';
import { ReplaceForm } from './ReplaceForm.tsx';
import { StoredCredentials } from './StoredCredentials.tsx';
import { TestEmailCard } from './TestEmailCard.tsx';
import { WaitingCredentials } from './WaitingCredentials.tsx';
import type { ConnectionTest } from './use-test.ts';
import classes from './IntegrationPage.module.css';

export interface CredentialsTabProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
  connection: ProviderConnection;
  test: ConnectionTest;
  /** The form for new ones is open. */
  editing: boolean;
  onEditing: (editing: boolean) => void;
}

/** By what an integration connects: the values in use, new ones that wait, and the form to replace them. */
export function CredentialsTab(props: CredentialsTabProps) {
  const { integration, provider, connection, test, editing, onEditing } = props;
  const may = useCan('integration.write');
  const [fresh, setFresh] = useState(false);
  const fields = formFields(connection);
  const open = editing && may;
  return (
    <div className={classes.pile}>
      {integration.next && !open && (
        <WaitingCredentials integrationId={integration.id} next={integration.next} fresh={fresh} />
      )}
      {open && (
        <ReplaceForm
          integration={integration}
          provider={provider}
          connection={connection}
          fields={fields}
          onCancel={() => {
            onEditing(false);
            focusHeadingIfLost();
          }}
          onSaved={(activated) => {
            setFresh(!activated);
            onEditing(false);
            focusHeadingIfLost();
          }}
        />
      )}
      <StoredCredentials
        integration={integration}
        connection={connection}
        fields={fields}
        editing={open}
        onReplace={() => {
          setFresh(false);
          onEditing(true);
        }}
      />
      {connection.type === 'smtp' && !open && <TestEmailCard test={test} />}
    </div>
  );
}
