import { Skeleton } from '@mantine/core';
import { listAutomations } from '@trunkline/contract/automations';
import { getInterviewSync, updateInterviewSync } from '@trunkline/contract/interview-sync';
import type { InterviewSync } from '@trunkline/contract/interview-sync';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Stack } from '../../components/Stack.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { mayNotEdit } from './automation-words.ts';
import classes from './NotificationsCard.module.css';

const label = 'Sync interviews';

function SyncSwitch({ integrationId, enabled, automationId, changed }: InterviewSync) {
  const update = useOperationMutation(updateInterviewSync, {
    invalidates: [getInterviewSync, listAutomations],
  });
  return (
    <div>
      <Toggle
        label={label}
        withLabel
        checked={enabled}
        onChange={(next) => update.mutateAsync({ integrationId, enabled: next })}
        permission="automation.write"
        lockedReason={mayNotEdit}
      />
      <p className={classes.about}>
        Video interviews that your product schedules become events here, with a video link, and their
        participants are invited. Later changes of an interview are not carried over.
        {automationId && (
          <>
            {' '}
            <AppLink href={`/automations/${automationId}`}>
              {changed ? 'Automation, changed' : 'Automation'}
              <span className="visually-hidden"> of {label}</span>
            </AppLink>
          </>
        )}
      </p>
    </div>
  );
}

/** Whether a calendar gets interviews by itself (CONN-2, ACT-5). The switch is an automation. */
export function InterviewsCard({ integrationId }: { integrationId: string }) {
  const { data, error, refetch } = useOperation(getInterviewSync, { integrationId });
  return (
    <Card title="Interviews" description="Put into the default calendar above. The switch acts at once.">
      <Stack>
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!error && !data && <Skeleton height={72} aria-busy />}
        {data && <SyncSwitch {...data} />}
      </Stack>
    </Card>
  );
}
