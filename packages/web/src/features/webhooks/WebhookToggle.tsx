import { useQueryClient } from '@tanstack/react-query';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Toggle } from '../../components/Toggle.tsx';
import { lockedReasons } from './reasons.ts';
import { switchWebhook } from './webhook-cache.ts';

/** Switches a webhook on and off at once (WH-3). */
export function WebhookToggle({ webhook, withLabel }: { webhook: Webhook; withLabel?: boolean }) {
  const client = useQueryClient();
  return (
    <Toggle
      label={withLabel ? 'Active' : `${webhook.name} active`}
      withLabel={withLabel ?? false}
      checked={webhook.status !== 'disabled'}
      onChange={(on) => switchWebhook(client, webhook.id, on)}
      permission="webhook.write"
      lockedReason={lockedReasons.write}
    />
  );
}
