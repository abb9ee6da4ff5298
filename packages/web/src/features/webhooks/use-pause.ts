import { useQueryClient } from '@tanstack/react-query';
import type { Webhook } from '@trunkline/contract/webhooks';
import { toApiError } from '../../lib/api-error.ts';
import { notifyError } from '../../lib/notify.ts';
import { pauseWebhook } from './webhook-cache.ts';

/** Pauses or resumes at once; a refusal is shown, so the promise never rejects. */
export function usePause(webhook: Pick<Webhook, 'id'>): (paused: boolean) => Promise<void> {
  const client = useQueryClient();
  return async (paused) => {
    try {
      await pauseWebhook(client, webhook.id, paused);
    } catch (thrown) {
      notifyError(toApiError(thrown));
    }
  };
}
