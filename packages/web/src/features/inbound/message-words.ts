import type { InboundMessage, InboundState } from '@trunkline/contract/inbound';
import type { Status } from '../../components/StatusBadge.tsx';
import { countOf } from '../../lib/format.ts';

/** The filters by state, in the order of their chips. */
export const stateLabels: Record<InboundState, string> = {
  queued: 'Queued',
  processed: 'Processed',
  ignored: 'Ignored',
  unreadable: 'Unreadable',
  failed: 'Failed',
};

/** How the state of a webhook looks. */
export function stateLook({ state, attempts }: Pick<InboundMessage, 'state' | 'attempts'>): {
  status: Status;
  label: string;
} {
  switch (state) {
    case 'queued':
      return attempts > 0
        ? { status: 'retrying', label: 'Trying again' }
        : { status: 'pending', label: stateLabels.queued };
    case 'processed':
      return { status: 'completed', label: stateLabels.processed };
    case 'ignored':
      return { status: 'not_sent', label: stateLabels.ignored };
    case 'unreadable':
      return { status: 'degraded', label: stateLabels.unreadable };
    case 'failed':
      return { status: 'failed', label: stateLabels.failed };
  }
}

/** Why mail was left aside, by its kind. */
const ignoredMail: ReadonlyMap<string | null | undefined, string> = new Map([
  ['automatic reply', 'A program has written it by itself, so that no event was made of it.'],
  ['sender not allowed', 'Its sender is not among those who may write, so that no event was made of it.'],
  ['sender forged', 'It is not from the sender that it names, so that no event was made of it.'],
  [
    'sender not proven',
    'Nothing proves that it is from the sender that it names, so that no event was made of it. The settings of the integration say whether such mail is accepted.',
  ],
]);

/** What a state means, as a sentence. */
export function stateMeaning({
  state,
  attempts,
  kind,
}: Pick<InboundMessage, 'state' | 'attempts'> & Partial<Pick<InboundMessage, 'kind'>>): string {
  switch (state) {
    case 'queued':
      return attempts > 0
        ? `${countOf(attempts, 'attempt', 'attempts')} did not work. It is tried again by itself.`
        : 'It is stored, and is about to be processed.';
    case 'processed':
      return 'It was turned into the events below.';
    case 'ignored':
      return (
        ignoredMail.get(kind) ??
        'Nothing in it is switched on at its source, so that no event was made of it.'
      );
    case 'unreadable':
      return 'Its signature is right, but it does not have the form that its provider documents. It is kept as it came.';
    case 'failed':
      return `It was given up after ${countOf(attempts, 'attempt', 'attempts')}. It is kept, and can be processed again.`;
  }
}

/** Whether processing it again may change something. */
export function canReprocess(state: InboundState): boolean {
  return state !== 'queued';
}

/** The states of which all webhooks of a source can be processed again at once. */
export type BulkState = Extract<InboundState, 'failed' | 'unreadable' | 'ignored'>;

export function isBulkState(state: InboundState | undefined): state is BulkState {
  return state === 'failed' || state === 'unreadable' || state === 'ignored';
}

/** `email.bounced`, `email.bounced, email.opened`, `email.bounced and 4 more`; null when nothing was made of it. */
export function eventWords({
  events,
  eventCount,
}: Pick<InboundMessage, 'events' | 'eventCount'>): string | null {
  const types = [...new Set(events.map(({ type }) => type))];
  const [first, second] = types;
  if (first === undefined || eventCount === 0) return null;
  if (eventCount === 1) return first;
  if (types.length === 1) return `${eventCount} × ${first}`;
  return types.length === 2 && eventCount === 2
    ? `${first}, ${second}`
    : `${first} and ${eventCount - 1} more`;
}

/** Bytes in the largest unit that keeps the number readable. */
export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
