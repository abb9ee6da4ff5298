import { Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { HeldChoice, Webhook } from '@trunkline/contract/webhooks';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { formatNumber } from '../../lib/format.ts';
import { switchWebhook } from './webhook-cache.ts';
import { heldWords } from './webhook-state.ts';
import classes from './SecretCard.module.css';

/** Asks what becomes of what was held before a webhook is switched on again. */
export function SwitchOnDialog({
  webhook,
  opened,
  onClose,
}: {
  webhook: Webhook;
  opened: boolean;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [choice, setChoice] = useState<HeldChoice>('catch_up');
  const rate = webhook.flow.catchUpPerSecond;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Switch on “${webhook.name}”?`}
      confirmLabel="Switch on"
      onConfirm={() => switchWebhook(client, webhook.id, true, choice)}
    >
      <p>
        {heldWords(webhook.held)}
        {webhook.oldestHeldAt !== null && (
          <>
            {' '}
            The oldest came <RelativeTime at={webhook.oldestHeldAt} />.
          </>
        )}
      </p>
      <Radio.Group
        label="What came while it was off"
        value={choice}
        onChange={(value) => setChoice(value === 'skip' ? 'skip' : 'catch_up')}
        mt={12}
      >
        <div className={classes.choices}>
          <Radio
            value="catch_up"
            label="Send it now"
            description={
              rate === null
                ? 'At the pace that the endpoint takes. Set a rate for catching up in its settings.'
                : `At most ${formatNumber(rate)} a second, as its settings say.`
            }
          />
          <Radio
            value="skip"
            label="Leave it out"
            description="The ledger says so at each event. A recovery still finds them while events are kept."
          />
        </div>
      </Radio.Group>
    </ConfirmDialog>
  );
}
