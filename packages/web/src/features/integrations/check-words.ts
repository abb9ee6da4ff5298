import type { CheckReport, CheckStep } from '@trunkline/contract/checks';
import { countOf, formatDuration } from '../../lib/format.ts';

/** The word of a step's state. */
export const stepWords: Record<CheckStep['status'], string> = {
  ok: 'OK',
  warning: 'Warning',
  failed: 'Failed',
  skipped: 'Skipped',
};

/** The outcome of a check in one line: `All 6 steps passed in 840 ms`, `Stopped at “Log in” after 1.20 s`. */
export function outcomeWords(report: Pick<CheckReport, 'ok' | 'steps' | 'durationMs'>): string {
  const time = formatDuration(report.durationMs);
  const failed = report.steps.find((step) => step.status === 'failed');
  if (failed) return `Stopped at “${failed.label}” after ${time}`;
  if (!report.ok) return `It did not work, after ${time}`;
  const passed = report.steps.filter((step) => step.status === 'ok').length;
  const warnings = report.steps.filter((step) => step.status === 'warning').length;
  if (warnings > 0) return `It works, with ${countOf(warnings, 'warning', 'warnings')}, in ${time}`;
  if (passed === 0) return `It works, in ${time}`;
  return passed === 1 ? `The check passed in ${time}` : `All ${passed} steps passed in ${time}`;
}
