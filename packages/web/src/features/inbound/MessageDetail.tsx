import { Skeleton } from '@mantine/core';
import { getInboundMessage } from '@trunkline/contract/inbound';
import type { InboundMessage } from '@trunkline/contract/inbound';
import type { OutputOf } from '@trunkline/contract/operation';
import { AppLink } from '../../components/AppLink.tsx';
import { CodeBlock, HeadersTable } from '../../components/CodeBlock.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf, formatAbsolute } from '../../lib/format.ts';
import { ReprocessButton } from './ReprocessButton.tsx';
import { canReprocess, sizeWords, stateLook, stateMeaning } from './message-words.ts';
import classes from './inbound.module.css';

type MessageDetails = OutputOf<typeof getInboundMessage>;

function Events({ message }: { message: InboundMessage }) {
  const more = message.eventCount - message.events.length;
  if (message.eventCount === 0) return null;
  return (
    <section aria-label="Events">
      <h3 className={classes.heading}>{countOf(message.eventCount, 'event', 'events')} made of it</h3>
      <ul className={classes.events}>
        {message.events.map(({ id, type }) => (
          <li key={id}>
            <span className="mono">{type}</span>
            <AppLink className="mono" href={`/events/${encodeURIComponent(id)}`}>
              {id}
            </AppLink>
          </li>
        ))}
      </ul>
      {more > 0 && <p className={classes.text}>And {countOf(more, 'event', 'events')} more.</p>}
    </section>
  );
}

function Body({ message }: { message: MessageDetails }) {
  if (message.body === null) {
    return (
      <Notice tone="disabled" title="The body is no text">
        {sizeWords(message.bytes)}
        {message.contentType && ` of ${message.contentType}`}. It is kept, but cannot be shown here.
      </Notice>
    );
  }
  return (
    <CodeBlock
      label="Body"
      value={message.body}
      {...(message.bodyCut
        ? { note: `The first 256 KiB of ${sizeWords(message.bytes)}; all of it was processed.` }
        : {})}
    />
  );
}

function Loaded({ message }: { message: MessageDetails }) {
  const { state, error, repeats } = message;
  return (
    <Stack>
      <div>
        <StatusBadge {...stateLook(message)} />
        <p className={classes.meaning}>{stateMeaning(message)}</p>
      </div>
      {error !== null && <Notice tone={state === 'failed' ? 'error' : 'degraded'} title={error} />}
      {canReprocess(state) && (
        <div>
          <ReprocessButton what={{ id: message.id }} />
        </div>
      )}
      <KeyValueList
        items={[
          {
            label: 'Source',
            value: <AppLink href={`/inbound/${message.sourceId}`}>{message.sourceName}</AppLink>,
          },
          { label: 'Kind', value: message.kind },
          { label: 'Received', value: formatAbsolute(message.receivedAt) },
          { label: 'From', value: <span className="mono">{message.address}</span> },
          { label: 'Processed', value: message.processedAt && <RelativeTime at={message.processedAt} /> },
          { label: 'Attempts', value: message.attempts > 1 ? message.attempts : null },
          {
            label: 'Came again',
            value:
              repeats > 0 ? `${countOf(repeats, 'time', 'times')}; answered each time, processed once` : null,
          },
          { label: 'Size', value: sizeWords(message.bytes) },
          { label: 'SHA-256', value: <span className="mono">{message.sha256}</span> },
        ]}
      />
      <Events message={message} />
      <HeadersTable label="Headers" headers={message.headers} />
      <Body message={message} />
    </Stack>
  );
}

/** A webhook that came in: what was made of it, and what it was. */
export function MessageDetail({ id }: { id: string }) {
  const message = useOperation(getInboundMessage, { id });
  if (message.error) return <ErrorState error={message.error} onRetry={() => void message.refetch()} />;
  if (!message.data) return <Skeleton height={320} radius="lg" aria-busy />;
  return <Loaded message={message.data} />;
}
