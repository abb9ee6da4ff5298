import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listBulkJobs } from '@trunkline/contract/bulk-jobs';
import { getDlqItems } from '@trunkline/contract/dead-letters';
import { getDeliveryHistory, replayFailedDeliveries } from '@trunkline/contract/deliveries';
import { listUndelivered } from '@trunkline/contract/ledger';
import { getWebhook } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Notice } from '../../components/Notice.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { countOf, formatAbsolute } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { BulkForm } from '../bulk-jobs/BulkForm.tsx';

interface ReplayFailedProps {
  webhook: Pick<Webhook, 'id' | 'name' | 'status'>;
  /** RFC 3339; left out: as far back as the history goes. */
  since?: string;
  onClose: () => void;
  /** Called once the history has been read again. */
  onDone: () => void;
}

function ReplayFailedForm({ webhook, since, onClose, onDone }: ReplayFailedProps) {
  const client = useQueryClient();
  return (
    <BulkForm
      kind="replay_failed"
      verb="Replay"
      what={since ?? 'all'}
      nothing="Nothing has failed for good."
      run={(options, signal) =>
        callOperation(
          replayFailedDeliveries,
          { webhookId: webhook.id, ...(since === undefined ? {} : { since }), ...options },
          signal ? { signal } : {},
        )
      }
      onClose={onClose}
      onStarted={async ({ count }) => {
        await invalidateOperations(client, [
          getDeliveryHistory,
          getWebhook,
          listBulkJobs,
          listUndelivered,
          getDlqItems,
        ]);
        onDone();
        notifyDone(
          `${countOf(count, 'delivery', 'deliveries')} ${count === 1 ? 'is' : 'are'} sent again`,
          webhook.name,
        );
      }}
    >
      <p>
        Every delivery {since === undefined ? 'of the last 30 days' : `since ${formatAbsolute(since)}`} that
        ended without success goes out again, its dead letters included, with the same payloads and message
        ids. What was delivered later anyway is left out, and so are tests.
      </p>
      {webhook.status === 'failing' && (
        <Notice tone="degraded" title="The endpoint is failing now">
          Most of them would fail again. Send a test first.
        </Notice>
      )}
    </BulkForm>
  );
}

/** Sends everything again that failed for good; counts first. */
export function ReplayFailedDialog({ opened, ...props }: ReplayFailedProps & { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={props.onClose} title="Replay all failed deliveries?" size={520}>
      <ReplayFailedForm {...props} />
    </Modal>
  );
}
