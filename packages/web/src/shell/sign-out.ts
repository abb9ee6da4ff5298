import { signOut } from '@trunkline/contract/access';
import { toApiError } from '../lib/api-error.ts';
import { callOperation } from '../lib/api.ts';
import { announceSession } from '../lib/live.ts';
import { sendWaiting, stopTracking } from '../lib/track.ts';
import { notifyError } from '../lib/notify.ts';

/** Ends the session, here and on screen in the other tabs. Loading anew drops everything kept in memory. */
export async function signOutHere(): Promise<void> {
  sendWaiting();
  stopTracking();
  try {
    await callOperation(signOut, {});
  } catch (thrown) {
    notifyError(toApiError(thrown));
    return;
  }
  announceSession();
  window.location.assign('/sign-in');
}
