import type { CheckReport } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';

/** Counts a check that was made of a stored integration, and what went wrong with it. */
export function measureCheck(
  app: Pick<App, 'measures'>,
  { organizationId, integrationId }: { organizationId: string; integrationId: string },
  report: CheckReport,
): void {
  const { ok, durationMs, problem, code = null, steps } = report;
  app.measures.add({
    organizationId,
    integrationId,
    kind: 'check',
    ok,
    durationMs,
    ...(problem !== null && { failure: { problem, code, message: messageOf(report), steps } }),
  });
}

/** What the failed step says, which holds no secret. */
function messageOf({ steps, problem }: CheckReport): string {
  const failed = steps.find(({ status }) => status === 'failed');
  return failed === undefined ? (problem?.title ?? '') : `${failed.label}: ${failed.detail}`;
}
