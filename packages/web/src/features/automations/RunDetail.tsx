import { Button, Skeleton } from '@mantine/core';
import {
  cancelAutomationRun,
  getAutomationRun,
  listAutomationRuns,
  listAutomations,
  retryAutomationRun,
} from '@trunkline/contract/automations';
import type { AutomationRunDetail } from '@trunkline/contract/automations';
import { capabilities } from '@trunkline/contract/capabilities';
import { Ban, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { BusyButton } from '../../components/BusyButton.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';
import { mayNotEdit, runLooks, runMeanings, stepLooks } from './automation-words.ts';
import classes from './Automations.module.css';

const changed = [getAutomationRun, listAutomationRuns, listAutomations];
const isOpen = (status: AutomationRunDetail['status']) => ['queued', 'running', 'waiting'].includes(status);

function RunActions({ run }: { run: AutomationRunDetail }) {
  const [cancelling, setCancelling] = useState(false);
  const retry = useOperationMutation(retryAutomationRun, { invalidates: changed, onError: notifyError });
  const cancel = useOperationMutation(cancelAutomationRun, { invalidates: changed });
  const { id, status } = run;
  const inDoubt = run.steps.some((step) => step.status === 'ambiguous' && step.round === run.round);
  return (
    <div className={classes.acts}>
      {status !== 'succeeded' && status !== 'running' && (
        <LockedAction permission="automation.write" reason={mayNotEdit}>
          <BusyButton
            size="xs"
            busy={retry.isPending}
            leftSection={<RotateCw aria-hidden />}
            onClick={() => retry.mutate({ id })}
          >
            {isOpen(status) ? 'Try now' : 'Retry'}
          </BusyButton>
        </LockedAction>
      )}
      {isOpen(status) && (
        <LockedAction permission="automation.write" reason={mayNotEdit}>
          <Button
            size="xs"
            variant="default"
            leftSection={<Ban aria-hidden />}
            onClick={() => setCancelling(true)}
          >
            Cancel run
          </Button>
        </LockedAction>
      )}
      {inDoubt && status === 'dead_lettered' && (
        <p className={classes.meaning}>
          A step is in doubt: look at the provider first. Retrying does it again, perhaps twice.
        </p>
      )}
      <ConfirmDialog
        opened={cancelling}
        onClose={() => setCancelling(false)}
        title="Cancel this run?"
        confirmLabel="Cancel run"
        cancelLabel="Keep it"
        danger
        onConfirm={() => cancel.mutateAsync({ id })}
      >
        <p>What was done stays done. A call that is on its way just now is not called back.</p>
      </ConfirmDialog>
    </div>
  );
}

function Steps({ run }: { run: AutomationRunDetail }) {
  const rounds = new Set(run.steps.map(({ round }) => round)).size;
  return (
    <section aria-label="Steps">
      <h3 className={classes.heading}>Steps</h3>
      {run.steps.length === 0 && <p className={classes.meaning}>None has begun.</p>}
      <ol className={classes.steps}>
        {run.steps.map((step) => (
          <li key={`${step.round}-${step.number}`} className={classes.step}>
            <span className={classes.number}>
              {rounds > 1 ? `${step.round}.${step.number}` : step.number}
            </span>
            <span className={classes.what}>
              {capabilities[step.capability].label}
              <span className={classes.quiet}>
                {step.name}
                {step.integrationName && ` · through ${step.integrationName}`}
                {step.actionId && (
                  <>
                    {' · '}
                    <AppLink href={`/actions?id=${step.actionId}`}>Action</AppLink>
                  </>
                )}
              </span>
              {step.problem && step.status !== 'succeeded' && (
                <span className={classes.quiet}>
                  {step.problem.title}. {step.problem.fix}
                </span>
              )}
            </span>
            <StatusBadge plain {...stepLooks[step.status]} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A run with what made it, its steps, and what can be done about it. */
export function RunDetail({ id }: { id: string }) {
  const query = useOperation(getAutomationRun, { id });
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton height={240} radius="lg" aria-busy />;
  const run = query.data;
  return (
    <Stack>
      <div>
        <StatusBadge {...runLooks[run.status]} />
        <p className={classes.meaning}>{runMeanings[run.status]}</p>
      </div>
      {run.problem && (
        <Notice tone={run.status === 'dead_lettered' ? 'error' : 'degraded'} title={run.problem.title}>
          {run.problem.cause} {run.problem.fix}
        </Notice>
      )}
      <RunActions run={run} />
      <KeyValueList
        items={[
          {
            label: 'Automation',
            value: <AppLink href={`/automations/${run.automationId}`}>{run.automationName}</AppLink>,
          },
          { label: 'Because of', value: run.eventType ?? 'A time of day' },
          {
            label: 'Event',
            value: run.eventId && (
              <AppLink href={`/events/${encodeURIComponent(run.eventId)}`}>
                <span className="mono">{run.eventId}</span>
              </AppLink>
            ),
          },
          { label: 'Began', value: <RelativeTime at={run.createdAt} /> },
          { label: 'Goes on', value: run.dueAt && <RelativeTime at={run.dueAt} /> },
          { label: 'Ended', value: run.finishedAt && <RelativeTime at={run.finishedAt} /> },
          { label: 'Round', value: run.round > 1 ? run.round : null },
        ]}
      />
      <Steps run={run} />
      {run.event && (
        <section aria-label="Event">
          <h3 className={classes.heading}>Event</h3>
          <CodeBlock value={run.event.dataJson} label="Data of the event" />
        </section>
      )}
    </Stack>
  );
}
