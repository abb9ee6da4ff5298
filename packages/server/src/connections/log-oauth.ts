import type { LogLevel } from '@trunkline/contract/log-levels';
import type { App } from '../ctx.ts';
import type { LogDetails } from '../logs/log-line.ts';

/** Writes a line about consent and tokens of an integration. */
export function logOAuth(
  app: Pick<App, 'logs'>,
  { organizationId, integrationId }: { organizationId: string; integrationId: string },
  level: LogLevel,
  event: string,
  message: string,
  details: LogDetails = {},
): void {
  app.logs.write({ organizationId, integrationId, source: 'oauth', level, event, message, details });
}
