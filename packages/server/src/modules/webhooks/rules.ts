import type { WebhookStatus } from '@trunkline/contract/webhooks';
import type { z } from 'zod';

/** Consecutive failed attempts from which an active webhook is shown as failing (WH-7). */
export const failingFrom = 3;

export function statusOf(enabled: boolean, consecutiveFailures: number): z.infer<typeof WebhookStatus> {
  if (!enabled) return 'disabled';
  return consecutiveFailures >= failingFrom ? 'failing' : 'active';
}

/** `inactive` and `disabled` are two documents' words for the same. */
export function isOn(status: 'active' | 'inactive' | 'disabled'): boolean {
  return status === 'active';
}

/** First and last characters of a signing secret; the middle is never shown. */
export function previewOf(secret: string): string {
  return `${secret.slice(0, 10)}••••${secret.slice(-4)}`;
}
