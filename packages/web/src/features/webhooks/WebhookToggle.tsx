import { useQueryClient } from '@tanstack/react-query';
import type { Webhook } from '@trunkline/contract/webhooks';
import { useState } from 'react';
import { Toggle } from '../../components/Toggle.tsx';
import { SwitchOnDialog } from './SwitchOnDialog.tsx';
import { lockedReasons } from './reasons.ts';
import { switchWebhook } from './webhook-cache.ts';

/** Switches a webhook on and off at once (WH-3); asks first what becomes of what was held meanwhile. */
export function WebhookToggle({ webhook, withLabel }: { webhook: Webhook; withLabel?: boolean }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  async function change(on: boolean): Promise<void> {
    if (on && webhook.held > 0) setAsking(true);
    else await switchWebhook(client, webhook.id, on);
  }
  return (
    <>
      <Toggle
        label={withLabel ? 'Active' : `${webhook.name} active`}
        withLabel={withLabel ?? false}
        checked={webhook.status !== 'disabled'}
        onChange={change}
        permission="webhook.write"
        lockedReason={lockedReasons.write}
      />
      <SwitchOnDialog webhook={webhook} opened={asking} onClose={() => setAsking(false)} />
    </>
  );
}
