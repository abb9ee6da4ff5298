import type { ActionAttempt, ActionStatus } from '@trunkline/contract/actions';
import type { Status } from '../../components/StatusBadge.tsx';

/** How a state of an action looks. */
export const actionLooks: Record<ActionStatus, { status: Status; label: string }> = {
  queued: { status: 'pending', label: 'Queued' },
  running: { status: 'running', label: 'Running' },
  succeeded: { status: 'completed', label: 'Done' },
  failed: { status: 'failed', label: 'Failed' },
  ambiguous: { status: 'degraded', label: 'In doubt' },
  cancelled: { status: 'cancelled', label: 'Cancelled' },
};

/** What the list may show besides a state. */
export const viewLabels = { all: 'All', scheduled: 'Scheduled', last_resort: 'Last resort' } as const;

/** Why a viewer cannot. */
export const mayNotRun = 'Viewers see actions; an administrator starts and cancels them.';

/** What a state means, as a sentence. */
export const actionMeanings: Record<ActionStatus, string> = {
  queued: 'It waits for its time, for a limit, or for the next try.',
  running: 'It is being sent.',
  succeeded: 'It was done.',
  failed: 'It was certainly not done.',
  ambiguous: 'It was sent and no answer came: look at the provider before sending it again.',
  cancelled: 'It was taken back before anything was sent.',
};

/** How an attempt looks. */
const attemptLooks: Record<ActionAttempt['outcome'], { status: Status; label: string }> = {
  sending: actionLooks.running,
  succeeded: actionLooks.succeeded,
  failed: actionLooks.failed,
  ambiguous: actionLooks.ambiguous,
};

/** A store that answered that it does not have the file has not failed, and has not done it either. */
export function attemptLook({ outcome, problem }: Pick<ActionAttempt, 'outcome' | 'problem'>): {
  status: Status;
  label: string;
} {
  const notThere = outcome === 'succeeded' && problem !== null;
  return notThere ? { status: 'not_sent', label: 'Not there' } : attemptLooks[outcome];
}
