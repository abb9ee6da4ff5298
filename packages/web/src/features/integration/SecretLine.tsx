import type { ProviderField } from '@trunkline/contract/catalog';
import { revealCredential } from '@trunkline/contract/integrations';
import type { StoredSecret } from '@trunkline/contract/integrations';
import { SecretField } from '../../components/SecretField.tsx';
import { callOperation } from '../../lib/api.ts';
import { environmentName } from '../integrations/credential-rules.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import classes from './IntegrationPage.module.css';

/** A shown secret hides itself after this time, ms. */
const shownForMs = 30_000;

export interface SecretLineProps {
  integrationId: string;
  field: ProviderField;
  stored: StoredSecret | undefined;
}

/** One stored secret: masked, shown to those who may and have confirmed who they are (CONN-8). */
export function SecretLine({ integrationId, field, stored }: SecretLineProps) {
  const reference = stored?.reference ?? null;
  const preview = stored?.preview ?? null;
  if (reference !== null || preview === null) {
    return (
      <div>
        <span className={classes.label}>{field.label}</span>
        <div className={classes.reference}>
          {reference === null ? (
            'Not set'
          ) : (
            <>
              <span className="mono">{reference}</span>
              <span>
                read from the variable <span className="mono">{environmentName(reference)}</span> of the
                server each time it is used
              </span>
            </>
          )}
        </div>
      </div>
    );
  }
  return (
    <SecretField
      label={field.label}
      masked={preview}
      reveal={() =>
        callOperation(revealCredential, { id: integrationId, key: field.key }).then(({ value }) => value)
      }
      permission="integration.secret"
      lockedReason={lockedReasons.secret}
      shownForMs={shownForMs}
    />
  );
}
