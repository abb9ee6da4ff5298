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

function SyncSwitch({ integrationId, enabled, automations }: InterviewSync) {
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
        Interviews that your product schedules become events here, and their participants are invited: those
        by video with a video link, others with their place. One that is moved moves, one that is cancelled is
        removed.
      </p>
      {automations.length > 0 && (
        <ul className={classes.automations}>
          {automations.map(({ id, name, enabled: on, changed }) => (
            <li key={id}>
              <AppLink href={`/automations/${id}`}>{name}</AppLink>
              {changed && ', changed'}
              {!on && ', off'}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Whether a calendar gets interviews by itself (CONN-2, ACT-5). The switch is three automations. */
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
