import type { reprocessInbound } from '@trunkline/contract/inbound';
import type { InputOf } from '@trunkline/contract/operation';
import { RotateCw } from 'lucide-react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { lockedReasons } from './reasons.ts';
import { useReprocess } from './use-reprocess.ts';

/** `label` says more to screen readers where several stand on a page; it begins with what is to be read. */
export function ReprocessButton({
  what,
  label,
  children = 'Process again',
}: {
  what: InputOf<typeof reprocessInbound>;
  label?: string;
  children?: string;
}) {
  const { busy, run } = useReprocess();
  return (
    <LockedAction permission="inbound.write" reason={lockedReasons.write}>
      <BusyButton
        size="xs"
        variant="default"
        leftSection={<RotateCw aria-hidden />}
        busy={busy}
        onClick={() => run(what)}
        {...(label === undefined ? {} : { 'aria-label': label })}
      >
        {children}
      </BusyButton>
    </LockedAction>
  );
}
