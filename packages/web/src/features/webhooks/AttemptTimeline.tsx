import type { Attempt, DeliveryDetail } from '@trunkline/contract/deliveries';
import { CircleCheck, CirclePause, CircleX, Clock, Inbox } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { formatAbsolute, formatDuration } from '../../lib/format.ts';
import { ResponseView } from './Exchange.tsx';
import { errorLabel, failureWords } from './failure-words.ts';
import { statusText } from './status-text.ts';
import classes from './AttemptTimeline.module.css';

function AttemptItem({ attempt }: { attempt: Attempt }) {
  const { number, outcome, responseStatus, error } = attempt;
  const Icon = outcome === 'success' ? CircleCheck : CircleX;
  const result =
    error && error.code !== 'http_error'
      ? errorLabel(error.code, responseStatus)
      : statusText(responseStatus);
  return (
    <li className={classes.item}>
      <span className={classes.mark} data-outcome={outcome}>
        <Icon size={17} aria-hidden />
      </span>
      <div className={classes.head}>
        <span className={classes.title}>Attempt {number}</span>
        <span className={classes.result}>{result}</span>
        <span className={classes.meta}>
          {formatAbsolute(attempt.startedAt)} · {formatDuration(attempt.durationMs)}
        </span>
      </div>
      {error && (
        <p className={classes.words}>
          {error.message} {failureWords(error.code, responseStatus).cause}
        </p>
      )}
      {attempt.response && (
        <details className={classes.details}>
          <summary>Response of attempt {number}</summary>
          <ResponseView response={attempt.response} durationMs={attempt.durationMs} failure={null} />
        </details>
      )}
    </li>
  );
}

function Next({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <li className={classes.item}>
      <span className={classes.mark}>
        <Icon size={17} aria-hidden />
      </span>
      <div className={classes.head}>
        <span className={classes.title}>{title}</span>
      </div>
      {children && <p className={classes.words}>{children}</p>}
    </li>
  );
}

/** What comes after the attempts so far. */
function Outlook({ delivery }: { delivery: DeliveryDetail }) {
  switch (delivery.status) {
    case 'pending':
    case 'retrying':
      return delivery.nextAttemptAt ? (
        <Next icon={Clock} title={`Attempt ${delivery.attemptCount + 1}`}>
          <RelativeTime at={delivery.nextAttemptAt} />, at {formatAbsolute(delivery.nextAttemptAt)}
        </Next>
      ) : (
        <Next icon={Clock} title={`Attempt ${delivery.attemptCount + 1} is on its way`} />
      );
    case 'held':
      return (
        <Next icon={CirclePause} title="Held">
          It goes out once the webhook is resumed, switched on, or answers again.{' '}
          <AppLink href={`/events/${encodeURIComponent(delivery.eventId)}`}>Its event</AppLink> says what it
          waits for.
        </Next>
      );
    case 'dlq':
      return (
        <Next icon={Inbox} title="Gave up">
          It lies in the{' '}
          <AppLink href={`/dead-letters?webhookId=${delivery.webhookId}`}>dead letters</AppLink>.
        </Next>
      );
    case 'failed':
      return (
        <Next
          icon={CirclePause}
          title={delivery.trigger === 'test' ? 'A test is not tried again' : 'Gave up'}
        />
      );
    case 'success':
      return null;
  }
}

/** Every attempt of a delivery, oldest first, and what comes next. */
export function AttemptTimeline({ delivery }: { delivery: DeliveryDetail }) {
  return (
    <ol className={classes.list} aria-label="Attempts">
      {delivery.attempts.map((attempt) => (
        <AttemptItem key={attempt.number} attempt={attempt} />
      ))}
      <Outlook delivery={delivery} />
    </ol>
  );
}
