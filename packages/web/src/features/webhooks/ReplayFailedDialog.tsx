import { useQueryClient } from '@tanstack/react-query';
import { getDeliveryHistory, replayFailedDeliveries } from '@trunkline/contract/deliveries';
import { getWebhook } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';

/** Asks before everything that failed is sent again. */
export function ReplayFailedDialog(props: {
  webhook: Pick<Webhook, 'id' | 'name' | 'status'>;
  opened: boolean;
  onClose: () => void;
  /** Called once the history has been read again. */
  onDone: () => void;
}) {
  const { webhook, opened, onClose, onDone } = props;
  const client = useQueryClient();
  async function confirm(): Promise<void> {
    const { count } = await callOperation(replayFailedDeliveries, { webhookId: webhook.id });
    await invalidateOperations(client, [getDeliveryHistory, getWebhook]);
    onDone();
    notifyDone(
      count === 0
        ? 'Nothing to replay'
        : count === 1
          ? '1 delivery is sent again'
          : `${formatNumber(count)} deliveries are sent again`,
      webhook.name,
    );
  }
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Replay all failed deliveries?"
      confirmLabel="Replay failed"
      onConfirm={confirm}
    >
      <Stack gap={12}>
        <p>
          Every delivery of the last 30 days that ended without success goes out again, its dead letters
          included, with the same payloads and message ids. What was delivered later anyway is left out, and
          so are tests.
        </p>
        {webhook.status === 'failing' && (
          <Notice tone="degraded" title="The endpoint is failing now">
            Most of them would fail again. Send a test first.
          </Notice>
        )}
      </Stack>
    </ConfirmDialog>
  );
}
