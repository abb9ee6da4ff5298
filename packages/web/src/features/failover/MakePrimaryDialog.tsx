import { getFailoverConfig, listFailover, makePrimary } from '@trunkline/contract/failover';
import type { FailoverMember } from '@trunkline/contract/failover';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { makePrimaryText } from './failover-words.ts';

export interface MakePrimaryDialogProps {
  /** Null: closed. */
  member: FailoverMember | null;
  /** Whose place it takes. */
  former: { name: string } | null;
  onClose: () => void;
  onDone?: () => void;
}

/** Says what will change before an integration becomes the primary (FAILOVER-1). */
export function MakePrimaryDialog({ member, former, onClose, onDone }: MakePrimaryDialogProps) {
  const make = useOperationMutation(makePrimary, { invalidates: [getFailoverConfig, listFailover] });
  return (
    <ConfirmDialog
      opened={member !== null}
      onClose={onClose}
      title={`Make “${member?.name ?? ''}” primary?`}
      confirmLabel="Make primary"
      onConfirm={async () => {
        if (member === null) return;
        await make.mutateAsync({ integrationId: member.id });
        notifyDone('Primary changed', member.name);
        onDone?.();
      }}
    >
      {member && makePrimaryText(member, former).map((text) => <p key={text}>{text}</p>)}
    </ConfirmDialog>
  );
}
