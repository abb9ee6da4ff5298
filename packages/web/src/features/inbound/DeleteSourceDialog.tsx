import { useQueryClient } from '@tanstack/react-query';
import { deleteInboundSource, listInboundSources } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { senderOf } from './source-words.ts';

export interface DeleteSourceDialogProps {
  source: InboundSource;
  opened: boolean;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks before a source is deleted, and says what that does. */
export function DeleteSourceDialog({ source, opened, onClose, onDeleted }: DeleteSourceDialogProps) {
  const client = useQueryClient();
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Delete source “${source.name}”?`}
      confirmLabel="Delete source"
      danger
      onConfirm={async () => {
        await callOperation(deleteInboundSource, { id: source.id });
        onDeleted?.();
        await invalidateOperations(client, [listInboundSources]);
        notifyDone('Source deleted', source.name);
      }}
    >
      <p>
        Its address answers 404 at once, so what {senderOf(source)} sends is lost, and its key is erased. What
        came in before is kept until its time is over, and events that were made of it stay. This cannot be
        undone: a new source gets another address. To stop it for a while, switch it off instead.
      </p>
    </ConfirmDialog>
  );
}
