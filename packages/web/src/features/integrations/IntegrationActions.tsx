import { Button } from '@mantine/core';
import type { Integration } from '@trunkline/contract/integrations';
import { LockedAction } from '../../components/LockedAction.tsx';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { neverConnected } from './never-connected.ts';
import { nextStep } from './next-step.ts';
import { lockedReasons } from './reasons.ts';
import classes from './ConnectedTab.module.css';

/** The dialogs that an integration's row opens. */
export type RowDialog = 'disconnect' | 'reconnect';

export interface IntegrationActionsProps {
  integration: Integration;
  onOpen: (dialog: RowDialog, integration: Integration) => void;
}

/** What can be done with an integration from its row. */
export function IntegrationActions({ integration, onOpen }: IntegrationActionsProps) {
  const { id, name } = integration;
  const step = nextStep(integration);
  const begun = neverConnected(integration);
  const endWord = begun ? 'Remove' : 'Disconnect';
  const stepWord = step === 'continue' ? 'Connect' : 'Reconnect';
  return (
    <span className={classes.actions}>
      {step && (
        <LockedAction permission="integration.write" reason={lockedReasons.write}>
          <Button
            size="xs"
            aria-label={`${stepWord} ${name}`}
            onClick={() => onOpen('reconnect', integration)}
          >
            {stepWord}
          </Button>
        </LockedAction>
      )}
      <ButtonLink size="xs" variant="default" href={`/integrations/${id}`} aria-label={`Configure ${name}`}>
        Configure
      </ButtonLink>
      <LockedAction
        permission={begun ? 'integration.write' : 'integration.disconnect'}
        reason={begun ? lockedReasons.write : lockedReasons.disconnect}
      >
        <Button
          size="xs"
          variant="default"
          aria-label={`${endWord} ${name}`}
          onClick={() => onOpen('disconnect', integration)}
        >
          {endWord}
        </Button>
      </LockedAction>
    </span>
  );
}
