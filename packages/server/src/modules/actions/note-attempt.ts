import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { Connection } from '../../connections/connection.ts';
import { hostOf } from '../../connections/log-check.ts';
import type { App } from '../../ctx.ts';
import type { LogDetails } from '../../logs/log-line.ts';
import type { AttemptResult } from './attempt.ts';

const words = { succeeded: 'done', failed: 'not done', ambiguous: 'in doubt' } as const;

/** What providers call that which they have made: all of an output that a line repeats, by the name it has there. */
const ids: Readonly<Record<string, string>> = {
  messageId: 'messageId',
  eventId: 'eventId',
  meetingId: 'meetingId',
  contactId: 'contactId',
  postingId: 'postingId',
  orderId: 'orderId',
  verificationId: 'verificationId',
  customerId: 'customerId',
  accountId: 'accountId',
  exportId: 'exportId',
  // Of a signature; a line calls the call itself so.
  requestId: 'signatureRequestId',
};

function idsIn(result: unknown): LogDetails {
  if (typeof result !== 'object' || result === null) return {};
  return Object.fromEntries(
    Object.entries(result).flatMap(([key, value]) =>
      ids[key] !== undefined && typeof value === 'string' ? [[ids[key], value]] : [],
    ),
  );
}

/**
 * Leaves a line in the log and a measure of an attempt. Neither says what was sent; the line says where it went, and by
 * which ids the provider's support finds it.
 */
export function noteAttempt(
  app: Pick<App, 'logs' | 'measures'>,
  connection: Connection,
  /** `actionId` is null where the product itself asks. */
  attempt: { actionId: string | null; capability: CapabilityName; number: number },
  { outcome, problem, durationMs, called, result, stack }: AttemptResult,
): void {
  const { organizationId, integrationId, name } = connection;
  const { actionId, capability, number } = attempt;
  const ok = outcome === 'succeeded';
  const word = ok && problem !== null ? 'answered' : words[outcome];
  const why = problem === null ? '' : `: ${problem.title}`;
  app.logs.write({
    organizationId,
    integrationId,
    source: 'action',
    level: ok ? 'info' : outcome === 'ambiguous' || problem?.fault === 'badInput' ? 'warn' : 'error',
    event: `action.${outcome}`,
    message: `${capabilities[capability].label} through ${name} is ${word}${why}.`,
    details: {
      actionId: actionId ?? undefined,
      capability,
      attempt: number,
      host: called?.host ?? hostOf(connection),
      requestId: called?.requestId ?? undefined,
      ...idsIn(result),
      durationMs: Math.round(durationMs),
      ...(!ok && problem && { error: { code: problem.fault, message: problem.title, stack } }),
    },
  });
  app.measures.add({
    organizationId,
    integrationId,
    kind: 'call',
    // A call that can never succeed says nothing of the integration.
    ok: ok || problem?.fault === 'badInput',
    durationMs,
    ...(problem && problem.fault !== 'badInput' && { fault: problem.fault }),
    ...(problem &&
      problem.fault !== 'badInput' && { failure: { problem, code: problem.fault, message: problem.title } }),
  });
}
