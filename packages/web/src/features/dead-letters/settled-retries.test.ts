import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { describe, expect, it } from 'vitest';
import { settledRetries, settledSentence } from './settled-retries.ts';

function letter(id: string, change: Partial<DeadLetter> = {}): DeadLetter {
  return {
    deliveryId: id,
    webhookId: 'w',
    webhookName: 'CRM sync',
    webhookStatus: 'active',
    eventId: 'evt_1',
    eventType: 'job.created',
    failedAt: '2026-11-23T10:00:00.000Z',
    expiresAt: '2026-11-30T10:00:00.000Z',
    attemptCount: 4,
    responseStatus: 503,
    error: null,
    retrying: false,
    subject: null,
    blocked: 0,
    ...change,
  };
}

describe('settledRetries', () => {
  it('takes a retried row that is gone as delivered', () => {
    const settled = settledRetries([letter('a', { retrying: true }), letter('b')], [letter('b')], false);
    expect(settled.delivered.map((row) => row.deliveryId)).toEqual(['a']);
    expect(settled.failedAgain).toEqual([]);
  });

  it('does not count a row that was cleared', () => {
    expect(settledRetries([letter('a')], [], false).delivered).toEqual([]);
  });

  it('counts a row that stays and is no longer retried as failed again', () => {
    const settled = settledRetries(
      [letter('a', { retrying: true })],
      [letter('a', { attemptCount: 5 })],
      false,
    );
    expect(settled.failedAgain).toHaveLength(1);
    expect(settled.delivered).toEqual([]);
  });

  it('says nothing of a row that may stand on a page that is not loaded', () => {
    const before = [letter('old', { retrying: true, failedAt: '2026-11-22T10:00:00.000Z' })];
    expect(settledRetries(before, [letter('new')], true).delivered).toEqual([]);
    expect(settledRetries(before, [letter('new')], false).delivered).toHaveLength(1);
  });

  it('keeps quiet about a retry that is still running', () => {
    const row = letter('a', { retrying: true });
    expect(settledRetries([row], [row], false)).toMatchObject({ delivered: [], failedAgain: [] });
  });

  it('counts a retry asked for here that was over before the list showed it', () => {
    const rows = [letter('a'), letter('b'), letter('c')];
    const expected = new Map([
      ['a', 4],
      ['b', 4],
      ['c', 4],
    ]);
    const after = [letter('b', { attemptCount: 5 }), letter('c')];
    const settled = settledRetries(rows, after, false, expected);
    expect(settled.delivered.map((row) => row.deliveryId)).toEqual(['a']);
    expect(settled.failedAgain.map((row) => row.deliveryId)).toEqual(['b']);
    // The list has not heard of the retry of c yet.
    expect(settled.seen).toEqual(['a', 'b']);
  });
});

describe('settledSentence', () => {
  it('names the one, counts the many, and adds what failed', () => {
    expect(settledSentence([letter('a')], [])).toBe(
      'job.created was delivered to CRM sync and left the queue.',
    );
    expect(settledSentence([letter('a'), letter('b')], [letter('c')])).toBe(
      '2 deliveries arrived and left the queue. 1 retry failed again and stays here.',
    );
    expect(settledSentence([], [])).toBeNull();
  });
});
