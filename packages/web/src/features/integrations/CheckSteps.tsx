import { CircleCheck, CircleMinus, CircleX, ExternalLink, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CheckProblem, CheckReport, CheckStep } from '@trunkline/contract/checks';
import { Notice } from '../../components/Notice.tsx';
import { formatDuration } from '../../lib/format.ts';
import { outcomeWords, stepWords } from './check-words.ts';
import classes from './CheckSteps.module.css';

const icons = { ok: CircleCheck, warning: TriangleAlert, failed: CircleX, skipped: CircleMinus };

function Step({ step }: { step: CheckStep }) {
  const Icon = icons[step.status];
  return (
    <li className={classes.step} data-status={step.status}>
      <Icon size={16} aria-hidden />
      <span className={classes.label}>{step.label}</span>
      <span className={classes.state}>
        {step.durationMs !== null && <span className={classes.time}>{formatDuration(step.durationMs)}</span>}
        <span className={classes.word}>{stepWords[step.status]}</span>
      </span>
      {step.detail && <span className={classes.detail}>{step.detail}</span>}
    </li>
  );
}

export interface ProblemNoticeProps {
  problem: CheckProblem;
  /** What can be done about it here. */
  actions?: ReactNode;
  /** Read out when it appears. */
  role?: 'alert' | 'status';
  /** `degraded`: it works nevertheless. */
  tone?: 'error' | 'degraded';
}

/** What is wrong with a connection: what, why, what to do, and where to read more. */
export function ProblemNotice({ problem, actions, role, tone = 'error' }: ProblemNoticeProps) {
  return (
    <Notice tone={tone} title={problem.title} actions={actions} {...(role ? { role } : {})}>
      <p>{problem.cause}</p>
      <p>
        <strong className={classes.fix}>What to do:</strong> {problem.fix}
      </p>
      {problem.link && (
        <p>
          <a href={problem.link} target="_blank" rel="noreferrer" className={classes.link}>
            Read how to fix it <ExternalLink size={12} aria-hidden />
            <span className="visually-hidden">(opens in a new tab)</span>
          </a>
        </p>
      )}
    </Notice>
  );
}

export interface CheckStepsProps {
  report: CheckReport;
  /** Beside the problem, e.g. a link to the screen that mends it. */
  actions?: ReactNode;
  /** Said of a check that passed, when the usual line says too little. */
  passed?: string;
  /** The problem stands elsewhere on the page: only the steps are shown. */
  withoutProblem?: boolean;
}

/** What a check of a connection found, step by step, and what to do when a step failed (CONN-6). */
export function CheckSteps({ report, actions, passed, withoutProblem }: CheckStepsProps) {
  const warns = report.steps.some((step) => step.status === 'warning');
  return (
    <div className={classes.report}>
      {withoutProblem && !report.ok ? null : report.problem && !report.ok ? (
        <ProblemNotice problem={report.problem} actions={actions} role="alert" />
      ) : (
        <Notice
          tone={report.ok ? (warns ? 'degraded' : 'active') : 'error'}
          role="status"
          title={passed ?? (report.ok ? 'The connection works' : 'The connection does not work')}
          actions={actions}
        >
          {report.account && `Connected as ${report.account}.`}
        </Notice>
      )}
      <p className={classes.outcome}>{outcomeWords(report)}</p>
      {report.steps.length > 0 && (
        <ol className={classes.steps} aria-label="Steps of the check">
          {report.steps.map((step, index) => (
            <Step key={`${step.key}-${index}`} step={step} />
          ))}
        </ol>
      )}
    </div>
  );
}
