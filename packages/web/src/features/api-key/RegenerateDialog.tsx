import { Radio } from '@mantine/core';
import { getApiKey, regenerateApiKey } from '@trunkline/contract/api-keys';
import { useEffect, useRef, useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { track } from '../../lib/track.ts';
import classes from './ApiKeyPage.module.css';

/** A dialog that was forgotten says nothing about a decision, ms. */
const longestThoughtMs = 3_600_000;

const graces = [
  {
    value: '0',
    label: 'No grace period',
    description: 'The old key stops at once. For a key that has leaked.',
  },
  { value: '3600', label: '1 hour', description: 'Time to change one program.' },
  { value: '86400', label: '24 hours', description: 'Time to change several programs.' },
  { value: '604800', label: '7 days', description: 'Time for partners who change it themselves.' },
];

export interface RegenerateDialogProps {
  opened: boolean;
  onClose: () => void;
  /** Number of older keys that still work. */
  expiring: number;
  onDone: (key: string) => void;
}

/** Asks how long the old key may go on working, and makes the new one (KEY-1). */
export function RegenerateDialog({ opened, onClose, expiring, onDone }: RegenerateDialogProps) {
  const [grace, setGrace] = useState('86400');
  const askedAt = useRef(0);
  useEffect(() => {
    if (opened) askedAt.current = Date.now();
  }, [opened]);
  const regenerate = useOperationMutation(regenerateApiKey, { invalidates: [getApiKey] });
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Are you sure you want to regenerate the API key?"
      confirmLabel="Regenerate"
      danger
      onConfirm={async () => {
        const thoughtMs = Date.now() - askedAt.current;
        const { key } = await regenerate.mutateAsync({ graceSeconds: Number(grace) });
        if (thoughtMs <= longestThoughtMs) {
          track({ event: 'api_key_regenerated', properties: { confirmation_time: thoughtMs } });
        }
        onDone(key);
      }}
    >
      <Stack>
        <p>A new key is made and works at once. Every program that uses the old one needs the new one.</p>
        <Radio.Group label="The old key goes on working for" value={grace} onChange={setGrace}>
          <div className={classes.choices}>
            {graces.map((choice) => (
              <Radio key={choice.value} {...choice} />
            ))}
          </div>
        </Radio.Group>
        {grace === '0' && (
          <Notice tone="degraded">Programs with the old key are refused with 401 from this moment on.</Notice>
        )}
        {expiring > 0 && (
          <Notice tone="disabled">
            {expiring === 1 ? 'An older key is' : `${expiring} older keys are`} still in grace; none works
            longer than the period chosen here.
          </Notice>
        )}
      </Stack>
    </ConfirmDialog>
  );
}
