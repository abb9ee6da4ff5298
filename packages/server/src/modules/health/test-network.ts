import type { TroubleshootDiagnosis, TroubleshootStep } from '@trunkline/contract/health';
import type { Connection } from '../../connections/connection.ts';
import { wayTo } from '../../connections/way-to.ts';
import type { App } from '../../ctx.ts';
import { CheckLog } from '../../lib/check-log.ts';
import { Deadline } from '../../lib/egress/deadline.ts';
import { dialSteps } from '../../lib/egress/tcp.ts';
import { probe } from '../../lib/probe.ts';
import { createScrub } from '../../lib/scrub.ts';
import { suggestAll } from './actions.ts';
import { diagnose } from './diagnosis.ts';
import type { DiagnosisFacts } from './diagnosis.ts';

const limits = { totalMs: 15_000, stepMs: 10_000 };

/**
 * Finds out whether this server can reach the provider at all: name, port and encryption, and nothing else. Nothing is
 * sent, and what is known of the integration stays as it is.
 */
export async function testNetwork(
  app: Pick<App, 'clock' | 'dialer' | 'reroute'>,
  connection: Connection,
  facts: Omit<DiagnosisFacts, 'code'>,
  onStep: (step: TroubleshootStep) => void,
): Promise<{ steps: TroubleshootStep[]; diagnosis: TroubleshootDiagnosis }> {
  const target = wayTo(app, connection);
  const server = facts.host ?? facts.providerName;
  const well = (title: string, meaning: string, fix: string, durationMs: number) => ({
    ok: true,
    failedStep: null,
    title,
    meaning,
    fix,
    actions: suggestAll(['verify_key', 'status_page', 'view_logs'], facts),
    durationMs,
  });
  if (target === null) {
    const meaning =
      'It is on this server, or its address is known only after somebody has signed in. There is nothing to connect to.';
    return {
      steps: [],
      diagnosis: well('There is no network to test', meaning, 'Run all steps instead.', 0),
    };
  }
  const log = new CheckLog(dialSteps(target), createScrub([]), app.dialer.clock, onStep);
  const { failure, steps, durationMs } = await probe(log, createScrub([]), async () => {
    const socket = await app.dialer.open(target, new Deadline(limits, app.dialer.clock), log);
    socket.destroy();
  });
  for (const step of steps) if (step.status === 'skipped') onStep(step);
  if (failure === null) {
    const encrypted = target.tls ? ', and the connection is encrypted safely' : '';
    const meaning = `The name leads somewhere, its port takes connections${encrypted}. No firewall is in the way.`;
    const fix = 'Nothing to do about the network: look at the credentials, and at the provider.';
    return { steps, diagnosis: well(`This server reaches ${server}`, meaning, fix, durationMs) };
  }
  const diagnosis = diagnose(steps, null, { ...facts, code: failure.code }, durationMs);
  if (failure.code !== 'blocked') return { steps, diagnosis };
  return {
    steps,
    diagnosis: {
      ...diagnosis,
      title: 'The address is not allowed',
      meaning: failure.message,
      fix: 'Use a public address, or ask the operator to allow this one in TRUNKLINE_EGRESS_ALLOW.',
    },
  };
}
