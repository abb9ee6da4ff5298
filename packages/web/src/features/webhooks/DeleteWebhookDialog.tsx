import { useQueryClient } from '@tanstack/react-query';
import { deleteWebhook, listWebhooks } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';

export interface DeleteWebhookDialogProps {
  webhook: Webhook;
  opened: boolean;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks before a webhook is deleted (WH-3). */
export function DeleteWebhookDialog({ webhook, opened, onClose, onDeleted }: DeleteWebhookDialogProps) {
  const client = useQueryClient();
  async function confirm(): Promise<void> {
    await callOperation(deleteWebhook, { id: webhook.id });
    onDeleted?.();
    await invalidateOperations(client, [listWebhooks]);
    notifyDone('Webhook deleted', webhook.name);
  }
  const waiting =
    webhook.pending === 1 ? '1 waiting delivery' : `${formatNumber(webhook.pending)} waiting deliveries`;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Delete webhook “${webhook.name}”?`}
      confirmLabel="Delete webhook"
      danger
      onConfirm={confirm}
    >
      <p>
        It gets no more events
        {webhook.pending > 0 ? `, and its ${waiting} are cancelled` : ''}. Its signing secret is erased. Past
        deliveries stay in the history until their retention ends. This cannot be undone; to stop it for a
        while instead, pause it or switch it off.
      </p>
    </ConfirmDialog>
  );
}
