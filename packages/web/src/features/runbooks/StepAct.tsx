import { Button } from '@mantine/core';
import { getFailoverConfig, listFailover, triggerFailover } from '@trunkline/contract/failover';
import { getIntegration, listIntegrations, testIntegration } from '@trunkline/contract/integrations';
import { getRunbook } from '@trunkline/contract/runbooks';
import type { RunbookStep } from '@trunkline/contract/runbooks';
import { Megaphone, Replace, Stethoscope } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { PostStatusDialog } from '../alerts/PostStatusDialog.tsx';
import { lockedReasons } from '../integrations/reasons.ts';
import classes from './RunbookPage.module.css';

type Link = RunbookStep['links'][number];

const look = { size: 'xs', variant: 'default' } as const;

function Test({ id, name, label }: { id: string; name: string; label: string }) {
  const test = useOperationMutation(testIntegration, {
    invalidates: [getRunbook, getIntegration, listIntegrations],
    onError: notifyError,
  });
  return (
    <>
      <LockedAction permission="integration.write" reason={lockedReasons.write}>
        <BusyButton
          {...look}
          leftSection={<Stethoscope aria-hidden />}
          busy={test.isPending}
          onClick={() => test.mutate({ id })}
        >
          {label}
        </BusyButton>
      </LockedAction>
      {test.data && (
        <span role="status" className={classes.result}>
          {test.data.problem === null ? `${name} works.` : `${name}: ${test.data.problem.title}.`}
        </span>
      )}
    </>
  );
}

function SwitchToBackup({ id, name }: { id: string; name: string }) {
  const [asking, setAsking] = useState(false);
  const change = useOperationMutation(triggerFailover, {
    invalidates: [getRunbook, getFailoverConfig, listFailover, getIntegration, listIntegrations],
    onSuccess: () => notifyDone('Calls go through the backup now'),
  });
  return (
    <>
      <LockedAction permission="failover.write" reason={lockedReasons.write}>
        <Button {...look} leftSection={<Replace aria-hidden />} onClick={() => setAsking(true)}>
          Switch to the backup of {name}
        </Button>
      </LockedAction>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Send calls of “${name}” through its backup?`}
        confirmLabel="Switch to the backup"
        onConfirm={() => change.mutateAsync({ integrationId: id })}
      >
        <p>Calls go through the next backup until somebody switches back: no rule undoes it.</p>
      </ConfirmDialog>
    </>
  );
}

function PostStatus({ label }: { label: string }) {
  const [posting, setPosting] = useState(false);
  return (
    <>
      <LockedAction permission="status_update.write" reason={lockedReasons.write}>
        <Button {...look} leftSection={<Megaphone aria-hidden />} onClick={() => setPosting(true)}>
          {label}
        </Button>
      </LockedAction>
      {posting && <PostStatusDialog onClose={() => setPosting(false)} />}
    </>
  );
}

/** The button that does a step at once, where that can be done from here; null where it only leads somewhere. */
export function StepAct({ link, name }: { link: Link; name: string | null }) {
  const { target, integrationId, label } = link;
  if (target === 'statusUpdate') return <PostStatus label={label} />;
  if (integrationId === null || name === null) return null;
  if (target === 'test') return <Test id={integrationId} name={name} label={label} />;
  return target === 'failover' ? <SwitchToBackup id={integrationId} name={name} /> : null;
}
