import type { Config } from '../config/env.ts';
import { resetSecondFactors } from '../modules/account/reset-second-factors.ts';
import type { ResetFactors } from '../modules/account/reset-second-factors.ts';
import { createLog, startApp } from '../start-app.ts';

/** Lets somebody in again who has lost their second factor (`users reset-second-factor`). */
export async function resetSecondFactor(config: Config, email: string): Promise<ResetFactors> {
  const running = await startApp(config, createLog('error'));
  try {
    return await resetSecondFactors(running.app, email);
  } finally {
    await running.stop();
  }
}
