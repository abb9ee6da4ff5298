import type { Undelivered } from '@trunkline/contract/ledger';
import { spans } from '../webhooks/since.ts';
import type { SinceChoice } from '../webhooks/since.ts';
import { fromLocalInput, toLocalInput } from '../webhooks/local-time.ts';

export const outcomeChips = [
  { value: 'all', label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'dead_lettered', label: 'Dead letters' },
  { value: 'gave_up', label: 'Gave up' },
] as const;
export type OutcomeFilter = (typeof outcomeChips)[number]['value'];

/** The outcome that an address names; all for anything else. */
export function outcomeOf(text: string | undefined): OutcomeFilter {
  return outcomeChips.find(({ value }) => value === text)?.value ?? 'all';
}

/** The choice of a time that an address names: a span, or an instant of one's own. `now` in ms. */
export function choiceOf(text: string | undefined, now: number): { choice: SinceChoice; typed: string } {
  const usual = toLocalInput(now - spans['24h']);
  if (text === undefined) return { choice: '24h', typed: usual };
  if (text in spans) return { choice: text as SinceChoice, typed: usual };
  const at = Date.parse(text);
  return { choice: 'own', typed: Number.isNaN(at) ? usual : toLocalInput(at) };
}

/** What an address says for a choice; undefined for the usual one, and while a time is incomplete. */
export function addressOf(choice: SinceChoice, typed: string): string | undefined {
  if (choice !== 'own') return choice === '24h' ? undefined : choice;
  const at = fromLocalInput(typed);
  return at === null ? undefined : new Date(at).toISOString();
}

const nothing: Record<OutcomeFilter, string> = {
  all: 'was delivered',
  waiting: 'is settled',
  dead_lettered: 'stayed out of the dead letters',
  gave_up: 'was delivered or is still being tried',
};

/** The title of an empty list: `Everything since 23 Nov 2026, 10:30 was delivered to Billing`. */
export function emptyTitle(outcome: OutcomeFilter, since: string, webhookName: string | null): string {
  const to = webhookName === null ? '' : outcome === 'all' ? ` to ${webhookName}` : ` at ${webhookName}`;
  return `Everything since ${since} ${nothing[outcome]}${to}`;
}

/** A row is one event at one webhook. */
export function rowKey({ eventId, webhookId, deliveryId }: Undelivered): string {
  return deliveryId ?? `${eventId} ${webhookId}`;
}

/** Where a row leads: to its delivery, or to its event when there is none. */
export function rowHref({ eventId, webhookId, deliveryId }: Undelivered): string {
  return deliveryId === null
    ? `/events/${encodeURIComponent(eventId)}`
    : `/webhooks/${webhookId}?delivery=${deliveryId}`;
}
