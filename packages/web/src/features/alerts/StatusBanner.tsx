import { Button } from '@mantine/core';
import { closeStatusUpdate, listStatusUpdates } from '@trunkline/contract/status-updates';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { severityTones } from './alert-words.ts';
import classes from './StatusBanner.module.css';

/** The status updates that are current, on top of every page. */
export function StatusBanner() {
  const updates = useOperation(listStatusUpdates, { state: 'current', limit: 10 });
  const mayClose = useCan('status_update.write');
  const close = useOperationMutation(closeStatusUpdate, {
    invalidates: [listStatusUpdates],
    onError: notifyError,
  });
  const current = updates.data?.data ?? [];
  if (current.length === 0) return null;
  return (
    <section className={classes.banners} aria-label="Status updates">
      {current.map((update) => (
        <Notice
          key={update.id}
          tone={update.resolved ? 'active' : severityTones[update.severity]}
          role="status"
          title={update.text}
          actions={
            mayClose && (
              <Button
                size="xs"
                variant="default"
                disabled={close.isPending}
                aria-label={`Close the status update: ${update.text.slice(0, 60)}`}
                onClick={() => close.mutate({ id: update.id })}
              >
                Close
              </Button>
            )
          }
        >
          {update.integrations.length > 0 && `${update.integrations.map(({ name }) => name).join(', ')} · `}
          {update.postedBy}, <RelativeTime at={update.postedAt} />
        </Notice>
      ))}
    </section>
  );
}
