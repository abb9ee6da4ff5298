import { announceSession } from '../../lib/live.ts';
import { replaceSession } from '../../lib/session.ts';
import type { Session } from '../../lib/session.ts';

/** Goes on with the session that signing in, setting up or accepting gave. */
export function enter(session: Session, go: () => void): void {
  replaceSession(session);
  announceSession();
  go();
}
