import { Checkbox } from '@mantine/core';
import type { Alert } from '@trunkline/contract/alerts';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatNumber } from '../../lib/format.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { SnoozeMenu } from './SnoozeMenu.tsx';
import { actionWords, lastingText, severityTones, severityWords } from './alert-words.ts';
import classes from './AlertRow.module.css';

const icons = { critical: CircleX, warning: TriangleAlert, info: Info };

export interface AlertRowProps {
  alert: Alert;
  /** How many more of the same kind this row stands for. */
  more?: number;
  /** Whether the others are shown below, and what shows or hides them. */
  unfolded?: boolean;
  onUnfold?: () => void;
  /** The worst ones are tinted where they stand among other things. */
  tinted?: boolean;
  selected?: boolean;
  onSelect?: (selected: boolean) => void;
}

/** One alert: what, how often, since when, why, what it means, and the acts that help. */
export function AlertRow({
  alert,
  more = 0,
  unfolded = false,
  onUnfold,
  tinted,
  selected,
  onSelect,
}: AlertRowProps) {
  const over = alert.state === 'resolved';
  const Icon = over ? CircleCheck : icons[alert.severity];
  return (
    <li
      className={classes.row}
      data-tone={over ? 'active' : severityTones[alert.severity]}
      data-tinted={tinted && alert.severity === 'critical' ? true : undefined}
    >
      {onSelect && (
        <Checkbox
          aria-label={more > 0 ? `Select all of this kind: ${alert.title}` : `Select: ${alert.title}`}
          checked={selected ?? false}
          onChange={(event) => onSelect(event.currentTarget.checked)}
        />
      )}
      <Icon
        className={classes.icon}
        size={18}
        role="img"
        aria-label={over ? 'Resolved' : severityWords[alert.severity]}
      />
      <div className={classes.words}>
        <AppLink className={classes.title} href={`/alerts/${alert.id}`}>
          {alert.title}
        </AppLink>
        {more > 0 && (
          <span className={classes.more}>
            and {formatNumber(more)} more of this kind
            {onUnfold && (
              <button type="button" className={classes.unfold} aria-expanded={unfolded} onClick={onUnfold}>
                {unfolded ? 'Show one' : 'Show all'}
              </button>
            )}
          </span>
        )}
        <div className={classes.text}>{alert.cause}</div>
        <div className={classes.meta}>
          <Lasting alert={alert} />
          {alert.count > 1 && <span>{formatNumber(alert.count)} times</span>}
          <span>{alert.impact}</span>
          {alert.acknowledgedBy && <span>{alert.acknowledgedBy} looks after it</span>}
          {alert.resolvedBy && <span>Closed by {alert.resolvedBy}</span>}
          {alert.snoozedUntil && (
            <span>
              Snoozed, ends <RelativeTime at={alert.snoozedUntil} />
            </span>
          )}
        </div>
      </div>
      {!over && (
        <div className={classes.acts}>
          {alert.actions.slice(0, 3).map(({ key, href }, index) => (
            <ButtonLink
              key={key}
              href={href}
              size="xs"
              variant={index === 0 && alert.severity === 'critical' ? 'filled' : 'default'}
              aria-label={`${actionWords[key]}: ${alert.subject.name}`}
            >
              {actionWords[key]}
            </ButtonLink>
          ))}
          <SnoozeMenu alert={alert} />
        </div>
      )}
    </li>
  );
}

function Lasting({ alert }: { alert: Alert }) {
  const now = useNow();
  const from = Date.parse(alert.startedAt);
  if (alert.resolvedAt !== null) {
    return (
      <span>
        Over <RelativeTime at={alert.resolvedAt} />, after {lastingText(Date.parse(alert.resolvedAt) - from)}
      </span>
    );
  }
  return <span title={new Date(from).toLocaleString('en-GB')}>for {lastingText(now - from)}</span>;
}
