import type { Template } from '@trunkline/contract/templates';

/** Whether the organization has all that a template makes. Of webhooks nobody knows: there may be several. */
export function isDone({ makes }: Pick<Template, 'makes'>): boolean {
  return makes.kind === 'connections' && makes.done;
}

/** The page of a new webhook, filled in as the template says. */
export function webhookHref(makes: Extract<Template['makes'], { kind: 'webhook' }>): string {
  const { name, events, description } = makes.webhook;
  const search = new URLSearchParams({ name, events: events.join(','), description });
  return `/webhooks/new?${search.toString()}`;
}
