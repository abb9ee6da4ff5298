import { useQueryClient } from '@tanstack/react-query';
import { activateCredentials, discardCredentials, getIntegration } from '@trunkline/contract/integrations';
import type { NextCredentials } from '@trunkline/contract/integrations';
import { PlugZap, Trash2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { FormError } from '../../components/FormError.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { focusHeadingIfLost } from '../../lib/keep-focus.ts';
import { notifyDone } from '../../lib/notify.ts';
import { CheckSteps } from '../integrations/CheckSteps.tsx';
import { putIntegration } from '../integrations/integration-cache.ts';
import { lockedReasons } from '../integrations/reasons.ts';

export interface WaitingCredentialsProps {
  integrationId: string;
  next: NextCredentials;
  /** They have just been given on this page: what came of it has to be seen. */
  fresh: boolean;
}

/** New credentials that have not passed their test: those in use stay in use until they do (CONN-8). */
export function WaitingCredentials({ integrationId, next, fresh }: WaitingCredentialsProps) {
  const client = useQueryClient();
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!fresh) return;
    card.current?.focus({ preventScroll: true });
    card.current?.scrollIntoView({ block: 'start' });
  }, [fresh]);
  const activate = useOperationMutation(activateCredentials, {
    onSuccess: ({ activated, integration }) => {
      void putIntegration(client, integration);
      if (!activated) return;
      notifyDone('The new credentials are in use', 'They passed the test.');
      focusHeadingIfLost();
    },
  });
  const discard = useOperationMutation(discardCredentials, {
    invalidates: [getIntegration],
    onSuccess: () => {
      notifyDone('The new credentials are discarded');
      focusHeadingIfLost();
    },
  });
  const busy = activate.isPending || discard.isPending;
  const error = activate.error ?? discard.error;
  return (
    <div ref={card} tabIndex={-1} role="group" aria-label="New credentials that wait">
      <Card
        title="New credentials wait"
        description={
          <>
            Given by {next.createdBy.name} <RelativeTime at={next.createdAt} />. Those in use stay in use
            until these pass the test.
          </>
        }
        actions={
          <Row>
            <LockedAction permission="integration.write" reason={lockedReasons.write}>
              <BusyButton
                variant="default"
                leftSection={<Trash2 aria-hidden />}
                busy={discard.isPending}
                disabled={activate.isPending}
                onClick={() => discard.mutate({ id: integrationId })}
              >
                Discard
              </BusyButton>
            </LockedAction>
            <LockedAction permission="integration.write" reason={lockedReasons.write}>
              <BusyButton
                leftSection={<PlugZap aria-hidden />}
                busy={activate.isPending}
                disabled={discard.isPending}
                onClick={() => activate.mutate({ id: integrationId })}
              >
                Test again
              </BusyButton>
            </LockedAction>
          </Row>
        }
      >
        <Stack gap={12}>
          <FormError message={busy ? null : (error?.detail ?? null)} requestId={error?.requestId ?? null} />
          {next.report ? (
            <CheckSteps report={next.report} />
          ) : (
            <Notice title="They have not been tested yet">Test again tests them and switches to them.</Notice>
          )}
        </Stack>
      </Card>
    </div>
  );
}
