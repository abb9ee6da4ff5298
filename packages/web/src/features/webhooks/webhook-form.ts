import { defaultRetryConfig } from '@trunkline/contract/retry';
import type { RetryConfig, RetryPolicy } from '@trunkline/contract/retry';
import { defaultFlow } from '@trunkline/contract/webhooks';
import type { Webhook, WebhookFlow } from '@trunkline/contract/webhooks';
import { changedFlow } from './flow.ts';

export interface WebhookValues {
  name: string;
  url: string;
  description: string;
  events: string[];
  active: boolean;
  ownRetry: boolean;
  retry: RetryPolicy;
  flow: WebhookFlow;
}

/** The policy part of something wider, such as the organization's settings. */
function policyOf(from: RetryPolicy): RetryPolicy {
  const { retryStrategy, maxRetries, initialDelaySeconds, maxDelaySeconds, enableJitter } = from;
  return { retryStrategy, maxRetries, initialDelaySeconds, maxDelaySeconds, enableJitter };
}

/** What an address fills into the form of a new webhook; `events` are separated by commas. */
export interface WebhookDraft {
  name?: string;
  events?: string;
  description?: string;
}

/** The values that a new form starts with, as a template has filled them in. */
export function draftValues(values: WebhookValues, draft: WebhookDraft): WebhookValues {
  return {
    ...values,
    name: draft.name ?? values.name,
    description: draft.description ?? values.description,
    events: draft.events?.split(',').filter(Boolean) ?? values.events,
  };
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
    flow: webhook?.flow ?? defaultFlow,
  };
}

/** What the operations take. */
export function inputOf(values: WebhookValues) {
  return {
    name: values.name.trim(),
    url: values.url.trim(),
    description: values.description.trim(),
    events: values.events,
    status: values.active ? ('active' as const) : ('disabled' as const),
    retry: values.ownRetry ? policyOf(values.retry) : null,
    flow: values.flow,
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
    ...(differs('flow') ? { flow: changedFlow(old.flow, now.flow) } : {}),
  };
}

/** Says whether saving would change anything. */
export function hasChanges(before: WebhookValues, after: WebhookValues): boolean {
  return Object.keys(changedInput(before, after)).length > 0;
}
