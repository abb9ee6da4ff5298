import { Button } from '@mantine/core';
import { getIntegration, listIntegrations } from '@trunkline/contract/integrations';
import type { Integration } from '@trunkline/contract/integrations';
import { disconnectOAuth, getOAuthStatus } from '@trunkline/contract/oauth';
import type { OAuthStatus } from '@trunkline/contract/oauth';
import { BusyButton } from '../../components/BusyButton.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../components/StepDialog.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { disconnectedWords } from '../integrations/disconnect-words.ts';
import classes from './IntegrationPage.module.css';

interface StepProps {
  integration: Pick<Integration, 'id' | 'provider'>;
  canRevoke: boolean;
  onClose: () => void;
}

function Steps({ integration, canRevoke, onClose }: StepProps) {
  const { name } = integration.provider;
  const end = useOperationMutation(disconnectOAuth, {
    invalidates: [getIntegration, getOAuthStatus, listIntegrations],
  });
  if (end.data) {
    const words = disconnectedWords(end.data, name);
    return (
      <DialogStep key="done" title={`Disconnected from ${name}`}>
        <Notice tone={words.tone} role="status" title={words.title}>
          {words.text}
        </Notice>
        <StepFooter start={null}>
          <Button data-autofocus onClick={onClose}>
            Done
          </Button>
        </StepFooter>
      </DialogStep>
    );
  }
  return (
    <DialogStep key="ask" title={`Disconnect from ${name}?`}>
      <Stack gap={12}>
        <p className={classes.text}>
          {canRevoke
            ? `Access is revoked at ${name}, and the tokens are erased here.`
            : `The tokens are erased here. ${name} takes no revocations: remove the app’s access there too.`}{' '}
          Nothing works by it until it is connected again.
        </p>
        <p className={classes.text}>
          The integration stays, with its settings, limits and history. To remove it altogether, choose
          Disconnect and remove in the menu of the page.
        </p>
        <FormError message={end.error?.detail ?? null} requestId={end.error?.requestId ?? null} />
      </Stack>
      <StepFooter
        start={
          <Button variant="default" data-autofocus onClick={onClose} disabled={end.isPending}>
            Cancel
          </Button>
        }
      >
        <BusyButton
          variant="danger"
          busy={end.isPending}
          onClick={() => end.mutate({ integrationId: integration.id })}
        >
          Disconnect
        </BusyButton>
      </StepFooter>
    </DialogStep>
  );
}

export interface EndAccessDialogProps extends Omit<StepProps, 'canRevoke'> {
  opened: boolean;
  status: Pick<OAuthStatus, 'canRevoke'>;
}

/** Asks before access by OAuth is revoked, and says afterwards whether the provider confirmed it (OAUTH-6). */
export function EndAccessDialog({ integration, status, opened, onClose }: EndAccessDialogProps) {
  return (
    <StepDialog opened={opened} onClose={onClose} size={480}>
      {opened && <Steps integration={integration} canRevoke={status.canRevoke} onClose={onClose} />}
    </StepDialog>
  );
}
