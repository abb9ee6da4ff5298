import { Button, Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listProviders } from '@trunkline/contract/catalog';
import { deleteIntegration, getDisconnectImpact, listIntegrations } from '@trunkline/contract/integrations';
import type { Integration } from '@trunkline/contract/integrations';
import type { OutputOf } from '@trunkline/contract/operation';
import { Info, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../components/StepDialog.tsx';
import { invalidateOperations, useOperation, useOperationMutation } from '../../lib/api.ts';
import { disconnectedWords } from './disconnect-words.ts';
import { neverConnected } from './never-connected.ts';
import classes from './DisconnectDialog.module.css';

type Subject = Pick<Integration, 'id' | 'name' | 'provider' | 'connectedAt' | 'lastSyncAt'>;
type Result = OutputOf<typeof deleteIntegration>;

function ImpactList({ impact }: OutputOf<typeof getDisconnectImpact>) {
  return (
    <ul className={classes.impact} aria-label="What disconnecting does">
      {impact.map(({ severity, text }) => {
        const Icon = severity === 'warning' ? TriangleAlert : Info;
        return (
          <li key={text} data-severity={severity}>
            <Icon size={16} aria-hidden />
            <span>
              {severity === 'warning' && <span className="visually-hidden">Warning: </span>}
              {text}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Question(props: { subject: Subject; onDone: (result: Result) => void; onClose: () => void }) {
  const { subject, onDone, onClose } = props;
  const { id } = subject;
  const begun = neverConnected(subject);
  const impact = useOperation(getDisconnectImpact, { id }, { staleTime: 0, enabled: !begun });
  const disconnect = useOperationMutation(deleteIntegration, { onSuccess: onDone });
  return (
    <DialogStep title={`${begun ? 'Remove' : 'Disconnect'} “${subject.name}”?`}>
      <Stack gap={12}>
        {begun && (
          <p className={classes.quiet}>
            It was begun and never connected. Its name, settings and credentials go; the audit log stays.
          </p>
        )}
        {!begun && impact.isPending && (
          <div className={classes.loading} aria-busy>
            <Skeleton height={16} />
            <Skeleton height={16} width="70%" />
          </div>
        )}
        {impact.data && <ImpactList impact={impact.data.impact} />}
        {impact.error && (
          <Notice tone="degraded" title="What depends on it could not be read">
            {impact.error.detail}
          </Notice>
        )}
        {!begun && (
          <p className={classes.quiet}>
            To stop it for a while and keep the connection, switch it off instead.
          </p>
        )}
      </Stack>
      <StepFooter
        problem={
          disconnect.error && { message: disconnect.error.detail, requestId: disconnect.error.requestId }
        }
        start={
          <Button variant="default" data-autofocus onClick={onClose} disabled={disconnect.isPending}>
            Cancel
          </Button>
        }
      >
        <BusyButton variant="danger" busy={disconnect.isPending} onClick={() => disconnect.mutate({ id })}>
          {begun ? 'Remove' : 'Disconnect'}
        </BusyButton>
      </StepFooter>
    </DialogStep>
  );
}

function Answer({ subject, result, onClose }: { subject: Subject; result: Result; onClose: () => void }) {
  const begun = neverConnected(subject);
  const words = begun
    ? ({ tone: 'active', title: 'Nothing of it is left here', text: result.detail } as const)
    : disconnectedWords(result, subject.provider.name);
  return (
    <DialogStep title={`${subject.name} is ${begun ? 'removed' : 'disconnected'}`}>
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

export interface DisconnectDialogProps {
  /** Whose; null: closed. The dialog must not live in the row that disappears. */
  integration: Subject | null;
  /** `disconnected`: the integration is gone, its page has nothing to show any more. */
  onClose: (disconnected: boolean) => void;
}

/** Asks before an integration is disconnected, says what depends on it, and afterwards what was done (CONN-7). */
export function DisconnectDialog({ integration, onClose }: DisconnectDialogProps) {
  const client = useQueryClient();
  const [done, setDone] = useState<{ subject: Subject; result: Result } | null>(null);

  function close(): void {
    const disconnected = done !== null;
    setDone(null);
    onClose(disconnected);
    if (disconnected) void invalidateOperations(client, [listIntegrations, listProviders]);
  }

  return (
    <StepDialog opened={integration !== null || done !== null} onClose={close} size={480}>
      {done ? (
        <Answer {...done} onClose={close} />
      ) : (
        integration && (
          <Question
            subject={integration}
            onDone={(result) => setDone({ subject: integration, result })}
            onClose={close}
          />
        )
      )}
    </StepDialog>
  );
}
