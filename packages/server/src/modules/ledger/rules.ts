import { matchesPattern } from '@trunkline/contract/event-pattern';
import type { LedgerEntry, LedgerOutcome, LedgerReason } from '@trunkline/contract/ledger';
import { timeOfUuid7, uuid7FloorOf } from '../../lib/uuid7.ts';
import { explanations } from './explanations.ts';

const dayMs = 86_400_000;

/** A delivery with what decides its standing, all of one moment. */
export interface DeliveryFacts {
  webhookId: string;
  webhookName: string;
  eventId: string;
  deliveryId: string;
  /** A first delivery; false of replays, recoveries and tests. */
  first: boolean;
  /** `queued` is unfinished; `retrying` is a last attempt that nothing follows any more. */
  state: 'queued' | 'success' | 'failed' | 'dlq' | 'retrying';
  attemptCount: number;
  /** Of the last attempt; 0: no answer. Null before the first one. */
  responseStatus: number | null;
  errorCode: string | null;
  /** End of the last attempt. */
  endedAt: Date | null;
  /** Set while it is a dead letter. */
  deadSince: Date | null;
  /** A node has it in hand. */
  leased: boolean;
  /** Null when it is leased or has no time. */
  dueAt: Date | null;
  /** The last attempt of this round failed. */
  retrying: boolean;
  /** It follows another delivery of its subject. */
  inLine: boolean;
  /** It follows a dead letter of its subject. */
  parked: boolean;
  webhookEnabled: boolean;
  webhookPaused: boolean;
  circuitOpen: boolean;
  webhookDeletedAt: Date | null;
}

/** A webhook as the ledger of an event without a delivery at it sees it. */
export interface WebhookFacts {
  id: string;
  name: string;
  events: string[];
  deletedAt: Date | null;
  /** It is off, and the event came since. */
  held: boolean;
  /** It was off when the event came, and what was held is being queued. */
  catchingUp: boolean;
  /** The event was held, and then left out. */
  skipped: boolean;
}

interface Standing {
  outcome: LedgerOutcome;
  reason: LedgerReason;
  at: Date | null;
}

/** Where a delivery stands and why. */
export function standingOf(delivery: DeliveryFacts): Standing {
  switch (delivery.state) {
    case 'queued': {
      const reason = waitingReason(delivery);
      const timed = reason === 'retry_scheduled' || reason === 'queued';
      return { outcome: 'waiting', reason, at: timed ? delivery.dueAt : null };
    }
    case 'success':
      return { outcome: 'delivered', reason: 'delivered', at: delivery.endedAt };
    case 'retrying':
      return { outcome: 'gave_up', reason: 'cancelled', at: delivery.webhookDeletedAt };
    case 'failed':
      return { outcome: 'gave_up', reason: failureReason(delivery.errorCode), at: delivery.endedAt };
    case 'dlq':
      return delivery.deadSince === null
        ? { outcome: 'gave_up', reason: 'cleared', at: delivery.endedAt }
        : { outcome: 'dead_lettered', reason: failureReason(delivery.errorCode), at: delivery.deadSince };
  }
}

/**
 * Of several reasons the one that has to end first. A time of a retry says nothing while its webhook is off or paused,
 * which last until a person acts; a circuit has probably closed again by then.
 */
function waitingReason(delivery: DeliveryFacts): LedgerReason {
  if (delivery.leased) return 'sending';
  if (!delivery.webhookEnabled) return 'disabled';
  if (delivery.webhookPaused) return 'paused';
  if (delivery.retrying && delivery.dueAt !== null) return 'retry_scheduled';
  if (delivery.circuitOpen) return 'circuit_open';
  if (delivery.parked) return 'parked';
  if (delivery.inLine) return 'in_line';
  return 'queued';
}

function failureReason(errorCode: string | null): LedgerReason {
  return errorCode === 'gone' || errorCode === 'crashed' ? errorCode : 'attempts_failed';
}

const rank: Record<LedgerOutcome, number> = {
  delivered: 0,
  waiting: 1,
  dead_lettered: 2,
  gave_up: 3,
  not_sent: 4,
};

/** Of two deliveries of one event at one webhook the one that counts: the better outcome, then the newer. */
function betterOf(a: DeliveryFacts, b: DeliveryFacts): DeliveryFacts {
  const difference = rank[standingOf(a).outcome] - rank[standingOf(b).outcome];
  if (difference !== 0) return difference < 0 ? a : b;
  return a.deliveryId > b.deliveryId ? a : b;
}

/** A webhook and an event, by their row ids. */
export interface Pair {
  webhookId: string;
  eventId: string;
}

/** The delivery that counts of every pair that has one, by {@link pairKey}. */
export function bestByPair(deliveries: readonly DeliveryFacts[]): Map<string, DeliveryFacts> {
  const best = new Map<string, DeliveryFacts>();
  for (const delivery of deliveries) {
    const key = pairKey(delivery);
    const known = best.get(key);
    best.set(key, known === undefined ? delivery : betterOf(known, delivery));
  }
  return best;
}

export function pairKey({ webhookId, eventId }: Pair): string {
  return `${webhookId} ${eventId}`;
}

/** The line of a webhook that has a delivery. */
export function deliveryEntry(delivery: DeliveryFacts): LedgerEntry {
  const { outcome, reason, at } = standingOf(delivery);
  return {
    webhookId: delivery.webhookId,
    webhookName: delivery.webhookName,
    deliveryId: delivery.deliveryId,
    outcome,
    reason,
    explanation: explanations[reason],
    at: at?.toISOString() ?? null,
    attemptCount: delivery.attemptCount,
    responseStatus: delivery.responseStatus === 0 ? null : delivery.responseStatus,
  };
}

/** The line of a webhook that has no delivery. */
function lineWithoutDelivery(
  webhook: Pick<WebhookFacts, 'id' | 'name'>,
  { outcome, reason, at }: Standing,
): LedgerEntry {
  return {
    webhookId: webhook.id,
    webhookName: webhook.name,
    deliveryId: null,
    outcome,
    reason,
    explanation: explanations[reason],
    at: at?.toISOString() ?? null,
    attemptCount: 0,
    responseStatus: null,
  };
}

/** The line of an event that is held by reference. */
export function heldEntry(held: {
  webhookId: string;
  webhookName: string;
  held: 'disabled' | 'queued';
}): LedgerEntry {
  const webhook = { id: held.webhookId, name: held.webhookName };
  return lineWithoutDelivery(webhook, { outcome: 'waiting', reason: held.held, at: null });
}

/** The line of a webhook that has no delivery yet, because the event is held for it, or never gets one. */
export function notSentEntry(webhook: WebhookFacts, event: { id: string; type: string }): LedgerEntry {
  const reason = notSentReason(webhook, event);
  if (reason === 'webhook_off') {
    if (webhook.held)
      return lineWithoutDelivery(webhook, { outcome: 'waiting', reason: 'disabled', at: null });
    if (webhook.catchingUp)
      return lineWithoutDelivery(webhook, { outcome: 'waiting', reason: 'queued', at: null });
    if (webhook.skipped)
      return lineWithoutDelivery(webhook, { outcome: 'not_sent', reason: 'skipped', at: null });
  }
  return lineWithoutDelivery(webhook, { outcome: 'not_sent', reason, at: null });
}

/**
 * The line of a webhook that was deleted before the first attempt, which leaves nothing of its delivery behind. None when it
 * was deleted before the event, or had nothing to do with it.
 */
export function cancelledEntry(webhook: WebhookFacts, event: { id: string; type: string }): LedgerEntry[] {
  const { deletedAt } = webhook;
  if (deletedAt === null || deletedAt.getTime() < timeOfUuid7(event.id)) return [];
  if (notSentReason(webhook, event) !== 'webhook_off') return [];
  return [lineWithoutDelivery(webhook, { outcome: 'gave_up', reason: 'cancelled', at: deletedAt })];
}

function notSentReason(webhook: WebhookFacts, event: { id: string; type: string }): LedgerReason {
  // Ids are in the order of time.
  if (webhook.id > event.id) return 'webhook_newer';
  const subscribed = webhook.events.some((pattern) => matchesPattern(pattern, event.type));
  return subscribed ? 'webhook_off' : 'not_subscribed';
}

/** First and last id that a first delivery of an event can have: it takes its first 64 bits from the event's. */
export function firstDeliveryIds(eventId: string): { from: string; to: string } {
  const shared = eventId.slice(0, 19);
  return { from: `${shared}0000-000000000000`, to: `${shared}ffff-ffffffffffff` };
}

/**
 * A bound for the ids of an event's replays, which spares the look into older days. A replay is younger than its
 * event, but its time is the database's and the event's a node's, so a day is left between.
 */
export function firstReplayId(eventId: string): string {
  return uuid7FloorOf(Math.max(0, timeOfUuid7(eventId) - dayMs));
}

/**
 * Where a delivery stands in a list by the time of events: a first one at its own id, which has its event's time;
 * a replay, whose id is younger, at its event's.
 */
export function placeOf(delivery: Pick<DeliveryFacts, 'first' | 'deliveryId' | 'eventId'>): string {
  return delivery.first ? delivery.deliveryId : delivery.eventId;
}

/** The time of an event, RFC 3339: the one inside its id, by which the lists are ordered and bounded. */
export function timeOfEvent(eventId: string): string {
  return new Date(timeOfUuid7(eventId)).toISOString();
}
