import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listBulkJobs } from '@trunkline/contract/bulk-jobs';
import { getDeliveryHistory, recoverWebhook } from '@trunkline/contract/deliveries';
import { listUndelivered } from '@trunkline/contract/ledger';
import { getWebhook } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { useState } from 'react';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { BulkForm } from '../bulk-jobs/BulkForm.tsx';
import { jobCount } from '../bulk-jobs/bulk-words.ts';
import { SinceChooser } from './SinceChooser.tsx';
import { toLocalInput } from './local-time.ts';
import { sinceOf, spans } from './since.ts';
import type { SinceChoice } from './since.ts';

interface RecoverProps {
  webhook: Pick<Webhook, 'id' | 'name'>;
  /** The choice that it opens with. */
  start?: { choice: SinceChoice; typed: string };
  onClose: () => void;
  /** Called once the history has been read again. */
  onDone: () => void;
}

function RecoverForm({ webhook, start, onClose, onDone }: RecoverProps) {
  const client = useQueryClient();
  // The presets count back from the moment the dialog opened, so that counting and sending agree.
  const [openedAt] = useState(() => Date.now());
  const [choice, setChoice] = useState<SinceChoice>(start?.choice ?? '24h');
  const [typed, setTyped] = useState(() => start?.typed || toLocalInput(openedAt - spans['24h']));
  const { since, problem } = sinceOf(choice, typed, openedAt);
  return (
    <BulkForm
      kind="recover"
      verb="Recover"
      what={since}
      missing="Choose a time to count from."
      nothing="Nothing is missing since then."
      run={(options, signal) =>
        callOperation(
          recoverWebhook,
          { id: webhook.id, since: since ?? '', ...options },
          signal ? { signal } : {},
        )
      }
      onClose={onClose}
      onStarted={async ({ count }) => {
        await invalidateOperations(client, [getDeliveryHistory, getWebhook, listBulkJobs, listUndelivered]);
        onDone();
        notifyDone(`Recovering ${jobCount('recover', count)}`, webhook.name);
      }}
    >
      <p>
        Delivers every event since a time that matches its subscription and that this webhook has not
        received: missed while it was off, or before it existed. What waits or lies in the dead letters is not
        sent twice.
      </p>
      <SinceChooser choice={choice} onChoice={setChoice} typed={typed} onTyped={setTyped} problem={problem} />
    </BulkForm>
  );
}

/** Sends what a webhook has missed since a time; counts first (WH-5). */
export function RecoverDialog({ opened, ...props }: RecoverProps & { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={props.onClose} title="Recover missed events" size={520}>
      <RecoverForm {...props} />
    </Modal>
  );
}
