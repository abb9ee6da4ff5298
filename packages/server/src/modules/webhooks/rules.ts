import type { WebhookStatus, WebhookSwitch } from '@trunkline/contract/webhooks';
import type { z } from 'zod';

/** Consecutive failed attempts from which an active webhook is shown as failing (WH-7). */
export const failingFrom = 3;

/** What decides whether deliveries to a webhook flow, and how it is shown. */
export interface FlowState {
  enabled: boolean;
  paused: boolean;
  circuitOpen: boolean;
  /** Consecutive failed attempts. */
  failureCount: number;
}

export function statusOf(webhook: FlowState): z.infer<typeof WebhookStatus> {
  if (!webhook.enabled) return 'disabled';
  if (webhook.paused) return 'paused';
  return webhook.circuitOpen || webhook.failureCount >= failingFrom ? 'failing' : 'active';
}

/** Whether deliveries go out; they are held otherwise. {@link flowsInSql} says the same of a row. */
export function flows({ enabled, paused, circuitOpen }: FlowState): boolean {
  return enabled && !paused && !circuitOpen;
}

/** The condition of {@link flows} for a row `w` of `webhooks`. */
export const flowsInSql = '(w.enabled AND NOT w.paused AND NOT w.circuit_open)';

/** The three states that a person sets. */
export type Switch = 'active' | 'paused' | 'disabled';

/** `inactive` and `disabled` are two documents' words for the same. */
export function switchOf(status: z.infer<typeof WebhookSwitch>): Switch {
  return status === 'inactive' ? 'disabled' : status;
}

/** Where the switch of a webhook stands; `failing` is what the endpoint makes of an active one. */
export function switchOfStatus(status: z.infer<typeof WebhookStatus>): Switch {
  return status === 'failing' ? 'active' : status;
}

/** What an audit record calls the change from one switch to another; null when there is none. */
export function switchAction(
  from: Switch,
  to: Switch,
): 'webhook.enabled' | 'webhook.disabled' | 'webhook.paused' | 'webhook.resumed' | null {
  if (from === to) return null;
  if (to === 'disabled') return 'webhook.disabled';
  if (from === 'disabled') return 'webhook.enabled';
  return to === 'paused' ? 'webhook.paused' : 'webhook.resumed';
}

/** First and last characters of a signing secret; the middle is never shown. */
export function previewOf(secret: string): string {
  return `${secret.slice(0, 10)}••••${secret.slice(-4)}`;
}
