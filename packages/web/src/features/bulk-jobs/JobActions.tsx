import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getBulkJob, listBulkJobs, updateBulkJob } from '@trunkline/contract/bulk-jobs';
import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import { Ban, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { invalidateOperations, useOperationMutation } from '../../lib/api.ts';
import { focusHeadingIfLost } from '../../lib/keep-focus.ts';
import { notifyError } from '../../lib/notify.ts';
import { cancelWords, isUnfinished, jobTitle } from './bulk-words.ts';
import classes from './JobActions.module.css';

const mayNotSteer = 'Viewers see bulk jobs; an administrator steers them.';

/** Pause or resume, and cancel, which asks first. Nothing for a finished job. */
export function JobActions({ job }: { job: BulkJob }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const update = useOperationMutation(updateBulkJob);
  if (!isUnfinished(job) && !asking) return null;
  const title = jobTitle(job);
  const isPaused = job.state === 'paused';

  async function change(state: 'running' | 'paused' | 'cancelled'): Promise<void> {
    await update.mutateAsync({ id: job.id, state });
    await invalidateOperations(client, [listBulkJobs, getBulkJob]);
  }

  async function toggle(): Promise<void> {
    try {
      await change(isPaused ? 'running' : 'paused');
    } catch (thrown) {
      notifyError(toApiError(thrown));
    }
  }

  return (
    <>
      <span className={classes.actions}>
        <LockedAction permission="delivery.replay" reason={mayNotSteer}>
          <BusyButton
            size="xs"
            variant="default"
            busy={update.isPending && !asking}
            leftSection={isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
            aria-label={`${isPaused ? 'Resume' : 'Pause'}: ${title}`}
            onClick={() => void toggle()}
          >
            {isPaused ? 'Resume' : 'Pause'}
          </BusyButton>
        </LockedAction>
        <LockedAction permission="delivery.replay" reason={mayNotSteer}>
          <Button
            size="xs"
            variant="default"
            leftSection={<Ban aria-hidden />}
            aria-label={`Cancel: ${title}`}
            onClick={() => setAsking(true)}
          >
            Cancel
          </Button>
        </LockedAction>
      </span>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Cancel this ${title.charAt(0).toLowerCase()}${title.slice(1)}?`}
        confirmLabel="Cancel the job"
        cancelLabel="Keep it"
        danger
        onConfirm={async () => {
          await change('cancelled');
          // The button that opened this dialog goes with it.
          focusHeadingIfLost();
        }}
      >
        <p>{cancelWords(job)}</p>
      </ConfirmDialog>
    </>
  );
}
