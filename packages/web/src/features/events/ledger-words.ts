import type { LedgerEntry, LedgerOutcome } from '@trunkline/contract/ledger';
import { countOf, formatNumber } from '../../lib/format.ts';

/** From what needs attention to what needs none. */
const outcomes: readonly LedgerOutcome[] = ['dead_lettered', 'gave_up', 'waiting', 'delivered', 'not_sent'];

/** What needs attention first, then by name. */
export function byAttention(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.toSorted(
    (a, b) =>
      outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || a.webhookName.localeCompare(b.webhookName),
  );
}

/** Webhooks that had nothing to do with the event. */
export function isBystander({ reason }: Pick<LedgerEntry, 'reason'>): boolean {
  return reason === 'not_subscribed' || reason === 'webhook_newer';
}

/** What has become of an event, in a sentence: `Delivered to 2 of 3 webhooks; 1 waits.` */
export function ledgerSentence(entries: readonly LedgerEntry[]): string {
  const concerned = entries.filter((entry) => !isBystander(entry));
  if (concerned.length === 0) return 'No webhook subscribed to it when it was sent.';
  const count = (outcome: LedgerOutcome) => concerned.filter((entry) => entry.outcome === outcome).length;
  const delivered = count('delivered');
  if (delivered === concerned.length) {
    return `Delivered to ${delivered === 1 ? 'its webhook' : `all ${formatNumber(delivered)} webhooks`}.`;
  }
  const waiting = count('waiting');
  const dead = count('dead_lettered');
  const gaveUp = count('gave_up');
  const off = count('not_sent');
  const rest = [
    waiting > 0 ? `${formatNumber(waiting)} ${waiting === 1 ? 'waits' : 'wait'}` : null,
    dead > 0 ? countOf(dead, 'is a dead letter', 'are dead letters') : null,
    gaveUp > 0 ? countOf(gaveUp, 'was given up', 'were given up') : null,
    off > 0 ? countOf(off, 'was not sent', 'were not sent') : null,
  ].filter((part) => part !== null);
  if (delivered === 0) return `Not delivered: ${rest.join(', ')}.`;
  return `Delivered to ${formatNumber(delivered)} of ${countOf(concerned.length, 'webhook', 'webhooks')}; ${rest.join(', ')}.`;
}
