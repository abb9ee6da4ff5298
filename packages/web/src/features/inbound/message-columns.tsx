import type { InboundMessage } from '@trunkline/contract/inbound';
import { CellText } from '../../components/CellText.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { countOf } from '../../lib/format.ts';
import { eventWords, sizeWords, stateLook } from './message-words.ts';
import classes from './inbound.module.css';

/** Columns of a list of webhooks that came in; of one source its name says nothing. */
export function messageColumns(ofOneSource: boolean): Column<InboundMessage>[] {
  return [
    {
      key: 'kind',
      header: 'Webhook',
      rowHeader: true,
      cell: (message) => (
        <CellText
          primary={message.kind ?? 'Not named'}
          secondary={ofOneSource ? undefined : message.sourceName}
        />
      ),
    },
    {
      key: 'state',
      header: 'State',
      narrow: 'full',
      cell: (message) => (
        <span className={classes.state}>
          <StatusBadge {...stateLook(message)} />
          {message.error !== null && <span className={classes.line}>{message.error}</span>}
        </span>
      ),
    },
    {
      key: 'events',
      header: 'Became',
      cell: (message) => <span className={classes.type}>{eventWords(message) ?? '–'}</span>,
    },
    {
      key: 'repeats',
      header: 'Came again',
      align: 'end',
      narrow: 'hide',
      cell: ({ repeats }) => (
        <span className={classes.number}>{repeats === 0 ? '–' : countOf(repeats, 'time', 'times')}</span>
      ),
    },
    {
      key: 'size',
      header: 'Size',
      align: 'end',
      narrow: 'hide',
      cell: ({ bytes }) => <span className={classes.number}>{sizeWords(bytes)}</span>,
    },
    {
      key: 'at',
      header: 'Received',
      align: 'end',
      width: '120px',
      cell: ({ receivedAt }) => <RelativeTime at={receivedAt} />,
    },
  ];
}
