import { getInboundSource, listInboundSources, updateInboundSource } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { lockedReasons } from './reasons.ts';

/** Switches a source on and off, at once. */
export function SourceToggle({ source, withLabel }: { source: InboundSource; withLabel?: boolean }) {
  const update = useOperationMutation(updateInboundSource, {
    invalidates: [getInboundSource, listInboundSources],
  });
  return (
    <Toggle
      label={withLabel ? 'On' : `${source.name} on`}
      withLabel={withLabel ?? false}
      checked={source.enabled}
      onChange={(enabled) => update.mutateAsync({ id: source.id, enabled })}
      permission="inbound.write"
      lockedReason={lockedReasons.write}
    />
  );
}
