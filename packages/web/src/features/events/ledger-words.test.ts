import type { LedgerEntry } from '@trunkline/contract/ledger';
import { describe, expect, it } from 'vitest';
import { byAttention, ledgerSentence } from './ledger-words.ts';

function entry(outcome: LedgerEntry['outcome'], change: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    webhookId: 'w',
    webhookName: 'Billing',
    deliveryId: 'd',
    outcome,
    reason: outcome === 'delivered' ? 'delivered' : outcome === 'waiting' ? 'queued' : 'attempts_failed',
    explanation: '',
    at: null,
    attemptCount: 1,
    responseStatus: 200,
    ...change,
  };
}
const bystander = entry('not_sent', { reason: 'not_subscribed', deliveryId: null });

describe('ledgerSentence', () => {
  it('says that all is well, leaving out webhooks that do not subscribe', () => {
    expect(ledgerSentence([entry('delivered'), bystander])).toBe('Delivered to its webhook.');
    expect(ledgerSentence([entry('delivered'), entry('delivered')])).toBe('Delivered to all 2 webhooks.');
  });

  it('counts what is missing', () => {
    expect(ledgerSentence([entry('delivered'), entry('waiting'), entry('dead_lettered')])).toBe(
      'Delivered to 1 of 3 webhooks; 1 waits, 1 is a dead letter.',
    );
    expect(ledgerSentence([entry('not_sent', { reason: 'webhook_off' }), entry('gave_up')])).toBe(
      'Not delivered: 1 was given up, 1 was not sent.',
    );
  });

  it('says when nobody was there', () => {
    expect(ledgerSentence([bystander])).toBe('No webhook subscribed to it when it was sent.');
  });
});

describe('byAttention', () => {
  it('puts first what somebody has to look at', () => {
    const entries = [bystander, entry('delivered'), entry('waiting'), entry('dead_lettered')];
    expect(byAttention(entries).map(({ outcome }) => outcome)).toEqual([
      'dead_lettered',
      'waiting',
      'delivered',
      'not_sent',
    ]);
  });
});
