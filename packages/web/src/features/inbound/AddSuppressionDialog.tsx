import { TextInput } from '@mantine/core';
import { addSuppression, listSuppressions } from '@trunkline/contract/inbound';
import { useEffect, useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { ApiError } from '../../lib/api-error.ts';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';

/** Puts an address on the list by hand. */
export function AddSuppressionDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [address, setAddress] = useState('');
  const [detail, setDetail] = useState('');
  const add = useOperationMutation(addSuppression, { invalidates: [listSuppressions] });
  useEffect(() => {
    if (!opened) return;
    setAddress('');
    setDetail('');
  }, [opened]);

  async function confirm(): Promise<void> {
    const entered = address.trim();
    if (!/^\S+@\S+\.\S+$/.test(entered)) {
      throw new ApiError({ code: 'invalid_input', detail: 'Enter an e-mail address' });
    }
    await add.mutateAsync({ address: entered, detail: detail.trim() || null });
    notifyDone('Put on the list', entered);
  }

  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Send no more mail to an address"
      confirmLabel="Add address"
      onConfirm={confirm}
    >
      <Stack>
        <TextInput
          label="Address"
          inputMode="email"
          withAsterisk
          maxLength={320}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label="Why"
          description="For those who look at the list later."
          maxLength={500}
          value={detail}
          onChange={(event) => setDetail(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
