import { Modal } from '@mantine/core';
import type { Webhook } from '@trunkline/contract/webhooks';
import { TestPanel } from './TestPanel.tsx';

/** The test of one webhook, over the list. */
export function TestDialog({
  webhook,
  opened,
  onClose,
}: {
  webhook: Webhook;
  opened: boolean;
  onClose: () => void;
}) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Test “${webhook.name}”`} size={920}>
      <TestPanel webhook={webhook} />
    </Modal>
  );
}
