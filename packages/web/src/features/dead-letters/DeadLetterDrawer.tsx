import { Drawer, Skeleton } from '@mantine/core';
import { getDeliveryDetail } from '@trunkline/contract/deliveries';
import type { Attempt, DeliveryDetail } from '@trunkline/contract/deliveries';
import { MailX } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { CodeBlock, HeadersTable } from '../../components/CodeBlock.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { formatAbsolute, formatDuration } from '../../lib/format.ts';
import classes from './DeadLetterDrawer.module.css';

type Response = DeliveryDetail['response'];

function ResponseView({ response, error }: { response: Response; error: string | null }) {
  if (!response) {
    return (
      <EmptyState icon={MailX} title="No response">
        {error ?? 'Nothing came back.'}
      </EmptyState>
    );
  }
  return (
    <Stack gap={12}>
      <KeyValueList items={[{ label: 'Status', value: response.status }]} />
      <HeadersTable label="Response headers" headers={response.headers} />
      <CodeBlock
        label="Response body"
        value={response.body}
        {...(response.truncated ? { note: 'Cut off: the endpoint answered with more.' } : {})}
      />
    </Stack>
  );
}

function AttemptView({ attempt }: { attempt: Attempt }) {
  const failed = attempt.outcome === 'failed';
  return (
    <details className={classes.attempt}>
      <summary>
        <span className={classes.number}>Attempt {attempt.number}</span>
        <StatusBadge
          plain
          status={failed ? 'failed' : 'success'}
          label={
            attempt.responseStatus > 0 ? String(attempt.responseStatus) : failed ? 'No answer' : 'Delivered'
          }
        />
        <span className={classes.quiet}>
          {formatDuration(attempt.durationMs)} · <RelativeTime at={attempt.startedAt} />
        </span>
      </summary>
      <div className={classes.inside}>
        <Stack gap={12}>
          <KeyValueList
            items={[
              { label: 'Started', value: formatAbsolute(attempt.startedAt) },
              { label: 'Error', value: attempt.error?.message },
            ]}
          />
          {attempt.response && (
            <CodeBlock label={`Response of attempt ${attempt.number}`} value={attempt.response.body} />
          )}
        </Stack>
      </div>
    </details>
  );
}

function Detail({ detail }: { detail: DeliveryDetail }) {
  const [tab, setTab] = useState<'request' | 'response' | 'attempts'>('request');
  return (
    <Stack>
      {detail.error && detail.status !== 'success' && (
        <Notice tone="error" title={detail.error.message}>
          After {detail.attemptCount} {detail.attemptCount === 1 ? 'attempt' : 'attempts'}.
        </Notice>
      )}
      <KeyValueList
        items={[
          { label: 'Status', value: <StatusBadge status={detail.status} /> },
          {
            label: 'Webhook',
            value: <AppLink href={`/webhooks/${detail.webhookId}`}>{detail.webhookName}</AppLink>,
          },
          {
            label: 'Event',
            value: (
              <AppLink className="mono" href={`/events/${encodeURIComponent(detail.eventId)}`}>
                {detail.eventId}
              </AppLink>
            ),
          },
          { label: 'Delivery id', value: <span className="mono">{detail.id}</span> },
          { label: 'Created', value: formatAbsolute(detail.createdAt) },
          { label: 'Last attempt', value: detail.lastAttemptAt && formatAbsolute(detail.lastAttemptAt) },
        ]}
      />
      <div className={classes.tabs}>
        <SegmentedTabs
          label="Delivery"
          value={tab}
          onChange={setTab}
          tabs={[
            {
              value: 'request',
              label: 'Request',
              content: (
                <Stack gap={12}>
                  <p className={classes.line}>
                    <strong>{detail.request.method}</strong> {detail.request.url}
                  </p>
                  <HeadersTable label="Request headers" headers={detail.request.headers} />
                  <CodeBlock label="Request body" value={detail.request.body} />
                </Stack>
              ),
            },
            {
              value: 'response',
              label: 'Response',
              content: <ResponseView response={detail.response} error={detail.error?.message ?? null} />,
            },
            {
              value: 'attempts',
              label: 'Attempts',
              count: detail.attempts.length,
              content: detail.attempts
                .toReversed()
                .map((attempt) => <AttemptView key={attempt.number} attempt={attempt} />),
            },
          ]}
        />
      </div>
    </Stack>
  );
}

export interface DeadLetterDrawerProps {
  deliveryId: string | null;
  title: string;
  onClose: () => void;
  /** Retry and clear of this one, while it is in the queue. */
  actions: ReactNode;
}

/** Beside the list: what was sent, what came back, attempt by attempt. */
export function DeadLetterDrawer({ deliveryId, title, onClose, actions }: DeadLetterDrawerProps) {
  return (
    <Drawer
      opened={deliveryId !== null}
      onClose={onClose}
      title={title}
      position="right"
      size={640}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: classes.title ?? '' }}
    >
      {deliveryId !== null && <DrawerContent key={deliveryId} deliveryId={deliveryId} actions={actions} />}
    </Drawer>
  );
}

function DrawerContent({ deliveryId, actions }: { deliveryId: string; actions: ReactNode }) {
  const detail = useOperation(getDeliveryDetail, { deliveryId });
  if (detail.error) return <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data) {
    return (
      <Stack>
        <Skeleton height={56} />
        <Skeleton height={140} />
        <Skeleton height={220} />
      </Stack>
    );
  }
  return (
    <Stack>
      {actions}
      <Detail detail={detail.data} />
    </Stack>
  );
}
