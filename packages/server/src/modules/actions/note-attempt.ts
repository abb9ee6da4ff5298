import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { Connection } from '../../connections/connection.ts';
import type { App } from '../../ctx.ts';
import type { AttemptResult } from './attempt.ts';

const words = { succeeded: 'done', failed: 'not done', ambiguous: 'in doubt' } as const;

/** Leaves a line in the log and a measure of an attempt. Neither says what was sent. */
export function noteAttempt(
  app: Pick<App, 'logs' | 'measures'>,
  connection: Connection,
  attempt: { actionId: string; capability: CapabilityName; number: number },
  { outcome, problem, durationMs }: AttemptResult,
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
      actionId,
      capability,
      attempt: number,
      durationMs: Math.round(durationMs),
      ...(!ok && problem && { error: { code: problem.fault, message: problem.title } }),
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
