import { nowhere } from '../delivery/hand.ts';
import type { Lease } from '../delivery/types.ts';

/** A lease of a first delivery that was never attempted and is not in hand. */
export function sampleLease(more: Partial<Lease> = {}): Lease {
  return {
    id: 'd',
    fence: 1,
    organizationId: 'o',
    webhookId: 'w',
    event: { id: 'e', key: null, type: 'job.created', body: '{}' },
    trigger: 'event',
    replayOf: null,
    line: null,
    attempts: 0,
    attemptsBefore: 0,
    claims: 1,
    renewedAt: 0,
    place: nowhere,
    ...more,
  };
}
