import { LedgerEntry, ledgerReasons } from '@trunkline/contract/ledger';
import { describe, expect, it } from 'vitest';
import { firstIdAt, uuid7FloorOf } from '../../lib/uuid7.ts';
import { explanations } from './explanations.ts';
import {
  bestByPair,
  deliveryEntry,
  firstDeliveryIds,
  firstReplayId,
  notSentEntry,
  pairKey,
  placeOf,
  standingOf,
  timeOfEvent,
} from './rules.ts';
import type { DeliveryFacts } from './rules.ts';

const soon = new Date('2026-11-23T10:05:00Z');
const then = new Date('2026-11-23T10:00:00Z');

const facts: DeliveryFacts = {
  webhookId: '019ab127-6a00-7000-8000-000000000001',
  webhookName: 'Payroll',
  eventId: '019ab127-6a00-7d21-9b0f-41c2d3e4f506',
  deliveryId: '019ab127-6a00-7d21-8abc-000000000002',
  first: true,
  state: 'queued',
  attemptCount: 0,
  responseStatus: null,
  errorCode: null,
  endedAt: null,
  deadSince: null,
  leased: false,
  dueAt: null,
  retrying: false,
  inLine: false,
  parked: false,
  webhookEnabled: true,
  webhookPaused: false,
  circuitOpen: false,
  webhookDeletedAt: null,
};

const standing = (change: Partial<DeliveryFacts>) => {
  const { outcome, reason, at } = standingOf({ ...facts, ...change });
  return [outcome, reason, at];
};

const retry = { retrying: true, dueAt: soon, attemptCount: 1 };

describe('what waits', () => {
  it.each([
    ['sending', { leased: true, webhookPaused: true }, null],
    ['disabled', { webhookEnabled: false, webhookPaused: true, ...retry }, null],
    ['paused', { webhookPaused: true, circuitOpen: true, ...retry }, null],
    ['retry_scheduled', { circuitOpen: true, ...retry }, soon],
    ['circuit_open', { circuitOpen: true, retrying: true, parked: true, inLine: true }, null],
    ['parked', { parked: true, inLine: true }, null],
    ['in_line', { inLine: true }, null],
    ['queued', { dueAt: soon }, soon],
    ['queued', { retrying: true }, null],
  ] as const)('is %s', (reason, change, at) => {
    expect(standing(change)).toEqual(['waiting', reason, at]);
  });
});

describe('what is finished', () => {
  const ended = { endedAt: then, attemptCount: 3 };
  it.each([
    ['delivered', 'delivered', { state: 'success', ...ended }, then],
    ['gave_up', 'attempts_failed', { state: 'failed', errorCode: 'timeout', ...ended }, then],
    ['gave_up', 'gone', { state: 'failed', errorCode: 'gone', ...ended }, then],
    ['gave_up', 'cleared', { state: 'dlq', errorCode: 'gone', ...ended }, then],
    ['gave_up', 'cancelled', { state: 'retrying', webhookDeletedAt: soon, ...ended }, soon],
    ['dead_lettered', 'attempts_failed', { state: 'dlq', deadSince: soon, ...ended }, soon],
    ['dead_lettered', 'gone', { state: 'dlq', errorCode: 'gone', deadSince: soon, ...ended }, soon],
    ['dead_lettered', 'crashed', { state: 'dlq', errorCode: 'crashed', deadSince: soon, ...ended }, soon],
  ] as const)('is %s: %s', (outcome, reason, change, at) => {
    expect(standing(change)).toEqual([outcome, reason, at]);
  });
});

describe('of several deliveries of an event at a webhook', () => {
  const delivered = { ...facts, deliveryId: facts.deliveryId.replace(/2$/, '3'), state: 'success' as const };
  const waiting = { ...facts, deliveryId: facts.deliveryId.replace(/2$/, '4') };
  const dead = { ...facts, state: 'dlq' as const, deadSince: then };
  const failed = { ...facts, deliveryId: facts.deliveryId.replace(/2$/, '6'), state: 'failed' as const };
  const key = pairKey(facts);

  it('the best outcome counts, in whatever order they come', () => {
    const order = [delivered, waiting, dead, failed];
    for (const [index, best] of order.entries()) {
      const left = order.slice(index);
      expect(bestByPair(left).get(key)).toBe(best);
      expect(bestByPair(left.toReversed()).get(key)).toBe(best);
    }
  });

  it('and of equal ones the newest', () => {
    const newer = { ...failed, deliveryId: facts.deliveryId.replace(/2$/, '7') };
    expect(bestByPair([failed, newer]).get(key)).toBe(newer);
    expect(bestByPair([newer, failed]).get(key)).toBe(newer);
  });

  it('other webhooks and events are apart', () => {
    const elsewhere = { ...dead, webhookId: facts.webhookId.replace(/1$/, '9') };
    expect(bestByPair([delivered, elsewhere]).get(pairKey(elsewhere))).toBe(elsewhere);
    expect(bestByPair([]).size).toBe(0);
  });
});

describe('an entry', () => {
  it('shows no answer as null, and its reason in a sentence', () => {
    const entry = deliveryEntry({ ...facts, state: 'failed', responseStatus: 0, endedAt: then });
    expect(LedgerEntry.parse(entry)).toEqual(entry);
    expect(entry).toMatchObject({ responseStatus: null, at: then.toISOString(), webhookName: 'Payroll' });
    expect(entry.explanation).toBe(explanations.attempts_failed);
  });

  it.each([
    ['webhook_newer', '019ab127-6a01-7000-8000-000000000001', ['*']],
    ['not_subscribed', '019ab127-69ff-7000-8000-000000000001', ['contact.*', 'job.updated']],
    ['webhook_off', '019ab127-69ff-7000-8000-000000000001', ['contact.*', 'job.*']],
  ])('without a delivery says %s', (reason, id, events) => {
    const entry = notSentEntry(
      { id, name: 'Payroll', events, deletedAt: null, held: false, catchingUp: false, skipped: false },
      { id: facts.eventId, type: 'job.created' },
    );
    expect(LedgerEntry.parse(entry)).toEqual(entry);
    expect(entry).toMatchObject({ outcome: 'not_sent', reason, deliveryId: null, attemptCount: 0 });
  });

  it.each([
    ['waiting', 'disabled', { held: true, skipped: true }],
    ['waiting', 'queued', { catchingUp: true }],
    ['not_sent', 'skipped', { skipped: true }],
  ])('of what came while the webhook was off is %s: %s', (outcome, reason, state) => {
    const webhook = {
      id: '019ab127-69ff-7000-8000-000000000001',
      name: 'Payroll',
      deletedAt: null,
      held: false,
      catchingUp: false,
      skipped: false,
      ...state,
    };
    const event = { id: facts.eventId, type: 'job.created' };
    expect(notSentEntry({ ...webhook, events: ['job.*'] }, event)).toMatchObject({
      outcome,
      reason,
      deliveryId: null,
    });
    expect(notSentEntry({ ...webhook, events: ['contact.*'] }, event)).toMatchObject({
      outcome: 'not_sent',
      reason: 'not_subscribed',
    });
  });
});

it('has a sentence of its own for every reason', () => {
  expect(Object.keys(explanations).toSorted()).toEqual([...ledgerReasons].toSorted());
  const sentences = Object.values(explanations);
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^.]{10,}\.$/);
});

describe('ids', () => {
  it('of first deliveries lie in a range of their event', () => {
    const { from, to } = firstDeliveryIds(facts.eventId);
    expect([from, to]).toEqual([
      '019ab127-6a00-7d21-0000-000000000000',
      '019ab127-6a00-7d21-ffff-ffffffffffff',
    ]);
    expect(facts.deliveryId > from && facts.deliveryId < to).toBe(true);
  });

  it('of replays are not a day older than their event', () => {
    expect(firstReplayId(facts.eventId)).toBe(
      uuid7FloorOf(Date.parse(timeOfEvent(facts.eventId)) - 86_400_000),
    );
    expect(firstReplayId('00000000-0001-7000-8000-000000000000')).toBe(uuid7FloorOf(0));
  });

  it('give places by the time of the event', () => {
    expect(placeOf(facts)).toBe(facts.deliveryId);
    expect(placeOf({ ...facts, first: false })).toBe(facts.eventId);
    expect(firstIdAt('1950-01-01T00:00:00Z')).toBe('00000000-0000-7000-8000-000000000000');
    const time = timeOfEvent(facts.eventId);
    expect(firstIdAt(time) <= facts.eventId).toBe(true);
    expect(firstIdAt(new Date(Date.parse(time) + 1).toISOString()) > facts.eventId).toBe(true);
  });
});
