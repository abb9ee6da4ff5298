import { useQueryClient } from '@tanstack/react-query';
import {
  cancelActionBulk,
  getActionBulk,
  listActionBulks,
  retryActionBulk,
} from '@trunkline/contract/action-bulks';
import type { ActionBulk } from '@trunkline/contract/action-bulks';
import { listActions } from '@trunkline/contract/actions';
import { Button } from '@mantine/core';
import { Ban, RotateCcw } from 'lucide-react';
import { useId, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { invalidateOperations, useOperation, useOperationMutation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { mayNotRun } from './action-words.ts';
import { bulkCounts, bulkProgress, bulkTitle } from './bulk-words.ts';
import classes from './ActionsPage.module.css';

const invalidates = [listActionBulks, getActionBulk, listActions];

function BulkItem({ bulk, onOpen }: { bulk: ActionBulk; onOpen: () => void }) {
  const id = useId();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useOperationMutation(cancelActionBulk);
  const retry = useOperationMutation(retryActionBulk, {
    invalidates,
    onSuccess: () => notifyDone('Trying the failed ones again', bulkTitle(bulk)),
    onError: notifyError,
  });
  const title = bulkTitle(bulk);
  return (
    <li className={classes.bulk} aria-labelledby={id}>
      <div className={classes.bulkHead}>
        <h3 className={classes.bulkTitle} id={id}>
          {title}
        </h3>
        <span className={classes.bulkActions}>
          <Button size="xs" variant="default" aria-label={`Show the actions: ${title}`} onClick={onOpen}>
            Show
          </Button>
          {bulk.retryable > 0 && (
            <LockedAction permission="action.run" reason={mayNotRun}>
              <BusyButton
                size="xs"
                variant="default"
                busy={retry.isPending}
                leftSection={<RotateCcw aria-hidden />}
                aria-label={`Try the failed ones again: ${title}`}
                onClick={() => retry.mutate({ id: bulk.id })}
              >
                Retry failed
              </BusyButton>
            </LockedAction>
          )}
          {bulk.unfinished > 0 && (
            <LockedAction permission="action.run" reason={mayNotRun}>
              <Button
                size="xs"
                variant="default"
                leftSection={<Ban aria-hidden />}
                aria-label={`Cancel the rest: ${title}`}
                onClick={() => setAsking(true)}
              >
                Cancel the rest
              </Button>
            </LockedAction>
          )}
        </span>
      </div>
      <ProgressBar
        label="Ended"
        value={bulk.total - bulk.unfinished}
        max={bulk.total}
        text={bulkProgress(bulk)}
        {...(bulk.counts.failed > 0 ? { tone: 'degraded' as const } : {})}
      />
      <p className={classes.meaning}>
        {bulkCounts(bulk)} · By {bulk.createdBy} <RelativeTime at={bulk.createdAt} />
      </p>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Cancel the rest of “${title}”?`}
        confirmLabel="Cancel the rest"
        cancelLabel="Keep it"
        danger
        onConfirm={async () => {
          await cancel.mutateAsync({ id: bulk.id });
          await invalidateOperations(client, invalidates);
        }}
      >
        <p>
          What was done stays done. Up to {countOf(bulk.unfinished, 'action', 'actions')} will not be done.
        </p>
      </ConfirmDialog>
    </li>
  );
}

/** The latest bulks of actions with their progress; nothing where there are none. */
export function ActionBulks({ onOpen }: { onOpen: (bulkId: string) => void }) {
  const bulks = useOperation(listActionBulks, { limit: 3 });
  const rows = bulks.data?.data ?? [];
  if (rows.length === 0) return null;
  return (
    <Card title="Bulks">
      <ul className={classes.bulks}>
        {rows.map((bulk) => (
          <BulkItem key={bulk.id} bulk={bulk} onOpen={() => onOpen(bulk.id)} />
        ))}
      </ul>
    </Card>
  );
}
