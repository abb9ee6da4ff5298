import type { Webhook } from '@trunkline/contract/webhooks';
import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { lockedReasons } from './reasons.ts';

/** Holds the deliveries of a webhook, and lets them go again. Nothing while it is off. */
export function PauseButton({
  webhook,
  onChange,
}: {
  webhook: Webhook;
  onChange: (paused: boolean) => Promise<void>;
}) {
  const [busy, setBusy] = useState(false);
  if (webhook.status === 'disabled') return null;
  const isPaused = webhook.status === 'paused';
  async function change(): Promise<void> {
    setBusy(true);
    await onChange(!isPaused);
    setBusy(false);
  }
  return (
    <LockedAction permission="webhook.write" reason={lockedReasons.write}>
      <BusyButton
        variant="default"
        busy={busy}
        leftSection={isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
        onClick={() => void change()}
      >
        {isPaused ? 'Resume deliveries' : 'Pause deliveries'}
      </BusyButton>
    </LockedAction>
  );
}
