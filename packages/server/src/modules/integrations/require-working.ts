import type { CheckReport } from '@trunkline/contract/checks';
import { AppError } from '../../errors.ts';

/**
 * Refuses to go on when a check failed.
 *
 * @throws AppError `connection_failed` with the step that failed
 */
export function requireWorking(report: CheckReport): void {
  if (report.problem === null) return;
  const { title, cause, fix } = report.problem;
  const step = report.steps.find(({ status }) => status === 'failed');
  throw new AppError('connection_failed', `${title}. ${cause} ${fix}`, {
    ...(step && { errors: [{ pointer: `/steps/${step.key}`, detail: `${step.label}: ${step.detail}` }] }),
  });
}
