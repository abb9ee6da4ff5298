import { Loader } from '@mantine/core';
import type { TroubleshootStep } from '@trunkline/contract/health';
import { CircleCheck, CircleMinus, CircleX, TriangleAlert } from 'lucide-react';
import { formatDuration } from '../../lib/format.ts';
import classes from './Health.module.css';

const words = { running: 'Running', ok: 'Passed', warning: 'Look', failed: 'Failed', skipped: 'Skipped' };
const icons = { ok: CircleCheck, warning: TriangleAlert, failed: CircleX, skipped: CircleMinus };

function Step({ step }: { step: TroubleshootStep }) {
  const Icon = step.status === 'running' ? null : icons[step.status];
  return (
    <li className={classes.step} data-status={step.status}>
      {Icon ? <Icon size={16} aria-hidden /> : <Loader size={16} aria-hidden />}
      <span className={classes.label}>{step.label}</span>
      <span className={classes.state}>
        {step.durationMs !== null && (
          <span className={classes.quiet}>{formatDuration(Math.round(step.durationMs))}</span>
        )}
        <span className={classes.word}>{words[step.status]}</span>
      </span>
      {step.detail !== '' && <span className={classes.detail}>{step.detail}</span>}
    </li>
  );
}

/** Steps of the troubleshooter with what came of each; nothing before the first. */
export function TroubleshootSteps({
  steps,
  running,
}: {
  steps: readonly TroubleshootStep[];
  running: boolean;
}) {
  if (steps.length === 0) return null;
  return (
    <ol className={classes.steps} aria-label="Steps of the troubleshooter" aria-busy={running}>
      {steps.map((step) => (
        <Step key={step.key} step={step} />
      ))}
    </ol>
  );
}
