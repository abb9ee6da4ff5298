import { defaultRetryConfig } from '@trunkline/contract/retry';
import type { RetryConfig, RetryPolicy } from '@trunkline/contract/retry';
import type { Webhook } from '@trunkline/contract/webhooks';

/** A number field gives an empty text while it is empty. */
type Typed = number | string;

export interface RetryValues {
  retryStrategy: RetryPolicy['retryStrategy'];
  maxRetries: Typed;
  initialDelaySeconds: Typed;
  maxDelaySeconds: Typed;
  enableJitter: boolean;
}

export interface WebhookValues {
  name: string;
  url: string;
  description: string;
  events: string[];
  active: boolean;
  ownRetry: boolean;
  retry: RetryValues;
}

/** The policy part of something wider, such as the organization's settings. */
export function policyOf(from: RetryPolicy): RetryPolicy {
  const { retryStrategy, maxRetries, initialDelaySeconds, maxDelaySeconds, enableJitter } = from;
  return { retryStrategy, maxRetries, initialDelaySeconds, maxDelaySeconds, enableJitter };
}

/** The values that a form starts with; `webhook` null = a new one. */
export function valuesOf(webhook: Webhook | null, organization: RetryConfig | undefined): WebhookValues {
  return {
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    description: webhook?.description ?? '',
    events: webhook?.events ?? [],
    active: webhook ? webhook.status !== 'disabled' : true,
    ownRetry: Boolean(webhook?.retry),
    retry: policyOf(webhook?.retry ?? organization ?? defaultRetryConfig),
  };
}

/** The policy of a form; null when a number is missing or out of the contract's limits. */
export function typedPolicy(values: RetryValues): RetryPolicy | null {
  const within = (value: Typed, max: number) => {
    const number = typeof value === 'number' ? value : Number.NaN;
    return Number.isInteger(number) && number >= 1 && number <= max ? number : null;
  };
  const maxRetries = within(values.maxRetries, 10);
  const initialDelaySeconds = within(values.initialDelaySeconds, 86_400);
  const maxDelaySeconds = within(values.maxDelaySeconds, 604_800);
  if (maxRetries === null || initialDelaySeconds === null || maxDelaySeconds === null) return null;
  const { retryStrategy, enableJitter } = values;
  return { retryStrategy, maxRetries, initialDelaySeconds, maxDelaySeconds, enableJitter };
}

/** What the operations take. Call it with values whose own policy, if any, is complete. */
export function inputOf(values: WebhookValues) {
  return {
    name: values.name.trim(),
    url: values.url.trim(),
    description: values.description.trim(),
    events: values.events,
    status: values.active ? ('active' as const) : ('disabled' as const),
    retry: values.ownRetry ? typedPolicy(values.retry) : null,
  };
}

/** The fields that differ from `before`, so that saving leaves alone what others have changed meanwhile. */
export function changedInput(before: WebhookValues, after: WebhookValues) {
  const old = inputOf(before);
  const now = inputOf(after);
  const differs = (key: keyof typeof now) => JSON.stringify(old[key]) !== JSON.stringify(now[key]);
  return {
    ...(differs('name') ? { name: now.name } : {}),
    ...(differs('url') ? { url: now.url } : {}),
    ...(differs('description') ? { description: now.description === '' ? null : now.description } : {}),
    ...(differs('events') ? { events: now.events } : {}),
    ...(differs('status') ? { status: now.status } : {}),
    ...(differs('retry') ? { retry: now.retry } : {}),
  };
}
