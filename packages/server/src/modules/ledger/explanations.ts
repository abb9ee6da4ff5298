import type { LedgerReason } from '@trunkline/contract/ledger';

/** Every reason of the ledger in a sentence for people. */
export const explanations: Record<LedgerReason, string> = {
  delivered: 'The endpoint accepted it.',
  sending: 'It is being sent right now, or as soon as the endpoint has room.',
  queued: 'It waits for its turn and will be sent as soon as the endpoint has room.',
  retry_scheduled: 'The last attempt failed; the next one has its time.',
  paused: 'The webhook is paused; it will be sent when somebody resumes it.',
  disabled: 'The webhook is switched off; it will be sent when somebody switches it on.',
  circuit_open:
    'The endpoint keeps failing, so nothing is sent to it for now; it will be sent when a probe succeeds.',
  in_line: 'An earlier event of the same subject is not delivered yet; this one follows it.',
  parked:
    'An earlier event of the same subject is a dead letter; this one waits until somebody retries or clears that.',
  attempts_failed: 'Every attempt that the retry policy allows has failed.',
  gone: 'The endpoint answered 410 Gone, which ends all attempts.',
  crashed: 'Sending it ended its worker several times, so it was given up.',
  cleared: 'It was a dead letter, and somebody cleared it or its retention ended.',
  cancelled: 'The webhook was deleted before it was delivered.',
  webhook_newer: 'The webhook was made after the event.',
  not_subscribed: 'The webhook does not subscribe to this type of event.',
  skipped:
    'The webhook was switched off when the event came, and what was held was left out when it was switched on again.',
  webhook_off: 'The webhook was switched off, or had another subscription, when the event came.',
};
