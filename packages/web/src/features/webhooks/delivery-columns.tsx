import type { Delivery } from '@trunkline/contract/deliveries';
import type { Column } from '../../components/DataTable.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatDuration } from '../../lib/format.ts';
import { TriggerTag } from './TriggerTag.tsx';
import { errorLabel } from './failure-words.ts';
import { statusText } from './status-text.ts';
import classes from './DeliveryHistory.module.css';

function responseOf({ error, responseStatus, attemptCount }: Delivery): string {
  if (attemptCount === 0) return '–';
  if (error && responseStatus === 0) return errorLabel(error.code, responseStatus);
  return statusText(responseStatus);
}

function attemptsOf({ attemptCount }: Delivery): string {
  return attemptCount === 1 ? '1 attempt' : `${attemptCount} attempts`;
}

function EventCell({ delivery }: { delivery: Delivery }) {
  return (
    <span className={classes.event}>
      {delivery.eventType}
      <TriggerTag trigger={delivery.trigger} />
    </span>
  );
}

function NextTime({ at }: { at: string }) {
  const isDue = Date.parse(at) <= useNow();
  return (
    <span className={classes.line}>
      {isDue ? (
        'due now'
      ) : (
        <>
          next <RelativeTime at={at} />
        </>
      )}
    </span>
  );
}

function StatusCell({ delivery }: { delivery: Delivery }) {
  return (
    <span className={classes.status}>
      <StatusBadge status={delivery.status} />
      {delivery.nextAttemptAt && delivery.status === 'retrying' && <NextTime at={delivery.nextAttemptAt} />}
    </span>
  );
}

/** The history over the whole width. */
export const wideColumns: Column<Delivery>[] = [
  {
    key: 'event',
    header: 'Event',
    rowHeader: true,
    cell: (delivery) => <EventCell delivery={delivery} />,
  },
  { key: 'status', header: 'Status', cell: (delivery) => <StatusCell delivery={delivery} /> },
  { key: 'response', header: 'Response', cell: responseOf },
  {
    key: 'duration',
    header: 'Duration',
    align: 'end',
    cell: (delivery) => <span className={classes.nowrap}>{formatDuration(delivery.durationMs)}</span>,
  },
  { key: 'attempts', header: 'Attempts', align: 'end', cell: (delivery) => delivery.attemptCount },
  {
    key: 'time',
    header: 'Time',
    align: 'end',
    cell: (delivery) => (
      <span className={classes.nowrap}>
        <RelativeTime at={delivery.createdAt} />
      </span>
    ),
  },
];

/** The history beside an open delivery, or on a phone: two lines a row. */
export const narrowColumns: Column<Delivery>[] = [
  {
    key: 'event',
    header: 'Event',
    rowHeader: true,
    cell: (delivery) => (
      <>
        <EventCell delivery={delivery} />
        <span className={classes.line}>
          <RelativeTime at={delivery.createdAt} />
          {delivery.attemptCount > 0 && ` · ${responseOf(delivery)}`}
          {delivery.durationMs !== null && ` · ${formatDuration(delivery.durationMs)}`}
          {delivery.attemptCount > 1 && ` · ${attemptsOf(delivery)}`}
        </span>
      </>
    ),
  },
  {
    key: 'status',
    header: 'Status',
    hideHeader: true,
    narrow: 'corner',
    cell: (delivery) => <StatusBadge status={delivery.status} plain />,
  },
];
