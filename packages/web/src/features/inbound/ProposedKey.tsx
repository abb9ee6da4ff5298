import { getInboundSource, listInboundSources, takeProposedKey } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import type { OutputOf } from '@trunkline/contract/operation';
import { BusyButton } from '../../components/BusyButton.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { lockedReasons } from './reasons.ts';
import { senderOf } from './source-words.ts';

export interface ProposedKeyProps {
  source: InboundSource;
  /** The key, to be shown this once. */
  onTaken: (taken: OutputOf<typeof takeProposedKey>) => void;
}

/** A key that the provider has sent on its own, which nobody signs: a person takes it, or leaves it. */
export function ProposedKey({ source, onTaken }: ProposedKeyProps) {
  const take = useOperationMutation(takeProposedKey, {
    invalidates: [getInboundSource, listInboundSources],
    onSuccess: (taken) => {
      notifyDone('The key is saved', source.name);
      onTaken(taken);
    },
    onError: notifyError,
  });
  const { proposal } = source;
  if (proposal === null) return null;
  return (
    <Notice
      tone="syncing"
      title={`${senderOf(source)} has proposed a key`}
      actions={
        <LockedAction permission="inbound.write" reason={lockedReasons.write}>
          <BusyButton
            size="xs"
            variant="default"
            busy={take.isPending}
            onClick={() => take.mutate({ id: source.id })}
          >
            Use this key
          </BusyButton>
        </LockedAction>
      }
    >
      <RelativeTime at={proposal.at} />, from <span className="mono">{proposal.address}</span>, for the
      subscription <span className="mono">{proposal.subscription}</span>. Nobody signs a proposal: use it if
      this is the subscription that you have made there.
    </Notice>
  );
}
