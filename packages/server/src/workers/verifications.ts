import type { App } from '../ctx.ts';
import { finishVerifications } from '../modules/verification/finish-verifications.ts';
import { startScheduledVerifications } from '../modules/verification/start-scheduled-verifications.ts';
import { Rounds } from './rounds.ts';

/** Organizations a round, so that thousands do not begin at midnight at once. */
const atOnce = 20;

/** Begins the verifications of the month and writes the reports of those that have ended (HEALTH-6). */
export class Verifications extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 5_000, failure: 'verifications could not be done' });
  }

  protected override async round(): Promise<void> {
    await startScheduledVerifications(this.app, atOnce);
    await finishVerifications(this.app, atOnce);
  }
}
