import type { LogLevel } from '@trunkline/contract/log-levels';
import type { Ctx, Tx } from '../../ctx.ts';
import type { LogDetails } from '../../logs/log-line.ts';

/** Who did it, as a line names them; the name of a key holds a part of it. */
export function whoOf({ actor }: Pick<Ctx, 'actor'>): string {
  if (actor.type === 'api_key') return 'a program with the API key';
  return actor.type === 'anonymous' ? 'somebody' : actor.name;
}

/** Writes a line about what a person or program did with an integration, when it is committed. */
export function logChange(
  { app }: Pick<Ctx, 'app'>,
  tx: Tx,
  integrationId: string,
  level: LogLevel,
  event: string,
  message: string,
  details: LogDetails = {},
): void {
  const { organizationId } = tx;
  tx.afterCommit(() =>
    app.logs.write({ organizationId, integrationId, source: 'system', level, event, message, details }),
  );
}
