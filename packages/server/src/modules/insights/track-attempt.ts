import type { Ctx, Tx } from '../../ctx.ts';
import { track } from './track.ts';

/** Records how an attempt to connect a provider ended. */
export function trackAttempt(ctx: Ctx, tx: Tx, provider: string, succeeded: boolean): Promise<void> {
  return track(ctx, tx, 'integration_connection_attempted', {
    integration_name: provider,
    success_status: succeeded,
  });
}
