import { Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getWebhook, listWebhooks, regenerateWebhookSecret } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import classes from './SecretCard.module.css';

const overlaps = [
  {
    value: '0',
    label: 'At once',
    description: 'For a secret that has leaked. Deliveries fail until you set the new one.',
  },
  { value: '3600', label: 'After 1 hour', description: 'Until then deliveries carry both signatures.' },
  { value: '86400', label: 'After 24 hours', description: 'Until then deliveries carry both signatures.' },
  { value: '604800', label: 'After 7 days', description: 'Until then deliveries carry both signatures.' },
];

/** Makes a new signing secret; asks how long the old one stays valid (WH-6). */
export function RegenerateDialog({
  webhook,
  opened,
  onClose,
  onSecret,
}: {
  webhook: Webhook;
  opened: boolean;
  onClose: () => void;
  onSecret: (secret: string) => void;
}) {
  const client = useQueryClient();
  const [overlap, setOverlap] = useState('86400');
  async function confirm(): Promise<void> {
    const made = await callOperation(regenerateWebhookSecret, {
      id: webhook.id,
      overlapSeconds: Number(overlap),
    });
    await invalidateOperations(client, [getWebhook, listWebhooks]);
    onSecret(made.secret);
  }
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Regenerate the signing secret?"
      confirmLabel="Regenerate secret"
      danger={overlap === '0'}
      onConfirm={confirm}
    >
      <p>
        A new secret is made and shown to you.
        {webhook.previousSecretExpiresAt !== null &&
          (overlap === '0'
            ? ' Older secrets that are still valid end now, too.'
            : ' Older secrets stay valid until their own end.')}
      </p>
      <Radio.Group label="The old secret ends" value={overlap} onChange={setOverlap} mt={12}>
        <div className={classes.choices}>
          {overlaps.map((choice) => (
            <Radio key={choice.value} {...choice} />
          ))}
        </div>
      </Radio.Group>
    </ConfirmDialog>
  );
}
