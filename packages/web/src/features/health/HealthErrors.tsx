import type { ErrorGroup, HealthPattern, IntegrationHealth } from '@trunkline/contract/health';
import { CircleCheck, Lightbulb } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { countOf, formatAbsolute, formatNumber } from '../../lib/format.ts';
import { ActionButton } from './ActionButton.tsx';
import type { ActionTarget } from './ActionButton.tsx';
import classes from './Health.module.css';

function Pattern({ pattern, target }: { pattern: HealthPattern; target: ActionTarget }) {
  return (
    <li className={classes.pattern}>
      <Lightbulb size={16} aria-hidden />
      <span className={classes.sentence}>{pattern.sentence}</span>
      <ActionButton action={pattern.action} target={target} />
    </li>
  );
}

function Group({ group }: { group: ErrorGroup }) {
  const { title, count, firstAt, lastAt, lastMessage, cause, fix, recentAt, steps, code } = group;
  return (
    <li>
      <details className={classes.error}>
        <summary>
          <span className={classes.title}>
            {title}
            {code && <span className={`${classes.quiet} mono`}> {code}</span>}
          </span>
          <span className={classes.times}>
            <span className={classes.count}>{formatNumber(count)}×</span> last <RelativeTime at={lastAt} />,
            first <RelativeTime at={firstAt} />
          </span>
        </summary>
        <div className={classes.more}>
          <p className={classes.message}>{lastMessage}</p>
          <p>
            {cause} <strong className={classes.strong}>What to do:</strong> {fix}
          </p>
          {steps.length > 0 && (
            <p className={classes.quiet}>
              {steps
                .filter(({ status }) => status !== 'skipped')
                .map(({ label, status }) => `${label}: ${status === 'failed' ? 'failed' : 'passed'}`)
                .join(' → ')}
            </p>
          )}
          <p className={classes.quiet}>
            {countOf(recentAt.length, 'time', 'latest times')}:{' '}
            {recentAt
              .slice(0, 10)
              .map((at) => formatAbsolute(at))
              .join(' · ')}
          </p>
        </div>
      </details>
    </li>
  );
}

/** What went wrong, grouped by what is the same to a person, and what it has in common (UC §5). */
export function HealthErrors({ health, target }: { health: IntegrationHealth; target: ActionTarget }) {
  const { errors, patterns } = health;
  const total = errors.reduce((sum, { count }) => sum + count, 0);
  return (
    <Card
      flush
      title="Recent errors"
      description={
        errors.length === 0
          ? 'None in this time.'
          : `${countOf(errors.length, 'kind', 'kinds')}, ${countOf(total, 'error', 'errors')} since each was first seen.`
      }
    >
      {patterns.length > 0 && (
        <ul className={classes.patterns} aria-label="What they have in common">
          {patterns.map((pattern) => (
            <Pattern key={pattern.key} pattern={pattern} target={target} />
          ))}
        </ul>
      )}
      {errors.length > 0 ? (
        <ul className={classes.errors} aria-label="Errors by kind">
          {errors.map((group) => (
            <Group key={group.fingerprint} group={group} />
          ))}
        </ul>
      ) : (
        <EmptyState icon={CircleCheck} title="No errors">
          What fails from now on stands here, counted by kind.
        </EmptyState>
      )}
    </Card>
  );
}
