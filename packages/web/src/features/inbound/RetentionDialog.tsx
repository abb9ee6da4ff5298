import { NumberInput } from '@mantine/core';
import { getInboundSettings, updateInboundSettings } from '@trunkline/contract/inbound';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';

/** How long webhooks that came in are kept. */
export function RetentionDialog({ days, onClose }: { days: number; onClose: () => void }) {
  const [typed, setTyped] = useState<number | null>(days);
  const update = useOperationMutation(updateInboundSettings, { invalidates: [getInboundSettings] });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title="How long are received webhooks kept?"
      confirmLabel="Save"
      danger={typed !== null && typed < days}
      onConfirm={async () => {
        await update.mutateAsync({ retentionDays: typed ?? 0 });
        notifyDone('The time is saved');
      }}
    >
      <Stack>
        <NumberInput
          label="Days"
          description="From 1 to 365. The events that were made of them are kept as all other events."
          min={1}
          max={365}
          allowDecimal={false}
          value={typed ?? ''}
          onChange={(next) => setTyped(typeof next === 'number' ? next : null)}
          data-autofocus
        />
        {typed !== null && typed < days && <p>What is older than that is deleted within a day.</p>}
      </Stack>
    </ConfirmDialog>
  );
}
