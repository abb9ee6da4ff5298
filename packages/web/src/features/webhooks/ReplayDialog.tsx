import { useQueryClient } from '@tanstack/react-query';
import { getDeliveryHistory, replayDelivery } from '@trunkline/contract/deliveries';
import type { Delivery } from '@trunkline/contract/deliveries';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';

/** Asks before one delivery is sent again. */
export function ReplayDialog(props: {
  delivery: Delivery;
  opened: boolean;
  onClose: () => void;
  /** Called with the new delivery once the history has been read again. */
  onReplayed: (deliveryId: string) => void;
}) {
  const { delivery, opened, onClose, onReplayed } = props;
  const client = useQueryClient();
  async function confirm(): Promise<void> {
    const { id } = await callOperation(replayDelivery, { deliveryId: delivery.id });
    await invalidateOperations(client, [getDeliveryHistory]);
    onReplayed(id);
  }
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Replay this ${delivery.eventType}?`}
      confirmLabel="Replay"
      onConfirm={confirm}
    >
      <p>
        The same payload goes out again with the same message id, as a new delivery in the history.
        {delivery.status === 'success'
          ? ' It was delivered before: a receiver that checks message ids ignores it, any other one handles it twice.'
          : ' A receiver that has handled it all the same, and checks message ids, ignores it.'}
      </p>
    </ConfirmDialog>
  );
}
