import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { getDeliveryDetail } from '@trunkline/contract/deliveries';
import type { DeliveryDetail as Detail } from '@trunkline/contract/deliveries';
import { RotateCcw, X } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { AttemptTimeline } from './AttemptTimeline.tsx';
import { RequestView, ResponseView } from './Exchange.tsx';
import { ReplayDialog } from './ReplayDialog.tsx';
import { TriggerTag } from './TriggerTag.tsx';
import { toCurl } from './curl.ts';
import { lockedReasons } from './reasons.ts';
import classes from './DeliveryDetail.module.css';

type TabName = 'request' | 'response' | 'attempts';

function IdWithCopy({ id, label, href }: { id: string; label: string; href?: string }) {
  return (
    <span className={classes.id}>
      {href === undefined ? (
        <span className="mono">{id}</span>
      ) : (
        <AppLink className="mono" href={href}>
          {id}
        </AppLink>
      )}
      <CopyButton label={label} value={id} />
    </span>
  );
}

function Facts({ delivery, onOpen }: { delivery: Detail; onOpen: (id: string) => void }) {
  const { replayOf, nextAttemptAt } = delivery;
  return (
    <KeyValueList
      items={[
        {
          label: 'Event',
          value: (
            <IdWithCopy
              id={delivery.eventId}
              label="Copy message id"
              href={`/events/${encodeURIComponent(delivery.eventId)}`}
            />
          ),
        },
        { label: 'Delivery id', value: <IdWithCopy id={delivery.id} label="Copy delivery id" /> },
        { label: 'Created', value: <RelativeTime at={delivery.createdAt} /> },
        {
          label: 'Last attempt',
          value: delivery.lastAttemptAt && <RelativeTime at={delivery.lastAttemptAt} />,
        },
        { label: 'Next attempt', value: nextAttemptAt && <RelativeTime at={nextAttemptAt} /> },
        {
          label: 'Replay of',
          value: replayOf && (
            <Button variant="default" size="xs" onClick={() => onOpen(replayOf)}>
              Open the first delivery
            </Button>
          ),
        },
      ]}
    />
  );
}

export interface DeliveryDetailProps {
  deliveryId: string;
  /** Why it cannot be sent again just now; null when it can. */
  replayBlocked: string | null;
  onClose: () => void;
  onOpen: (deliveryId: string) => void;
  /** The new delivery that a replay made. */
  onReplayed: (deliveryId: string) => void;
}

/** One delivery: what was sent, what came back, each attempt (WH-5). */
export function DeliveryDetail({
  deliveryId,
  replayBlocked,
  onClose,
  onOpen,
  onReplayed,
}: DeliveryDetailProps) {
  const { data: delivery, error, refetch } = useOperation(getDeliveryDetail, { deliveryId });
  const [tab, setTab] = useState<TabName>('request');
  const [replaying, setReplaying] = useState(false);
  const close = (
    <ActionIcon aria-label="Close delivery" onClick={onClose}>
      <X aria-hidden />
    </ActionIcon>
  );

  if (error && !delivery) {
    return (
      <div className={classes.head}>
        <div className={classes.top}>
          <h3 className={classes.title}>Delivery</h3>
          {close}
        </div>
        {error.code === 'not_found' ? (
          <EmptyState title="This delivery is not there">
            It may be past its retention, or the link may be incomplete.
          </EmptyState>
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )}
      </div>
    );
  }
  if (!delivery) {
    return (
      <div className={classes.skeleton} aria-busy>
        <Stack gap={12}>
          <Skeleton height={22} width="55%" />
          <Skeleton height={90} />
          <Skeleton height={220} />
        </Stack>
      </div>
    );
  }

  return (
    <>
      <div className={classes.head}>
        <div className={classes.top}>
          <h3 className={classes.title}>
            {delivery.eventType}
            <StatusBadge status={delivery.status} />
            <TriggerTag trigger={delivery.trigger} />
          </h3>
          {close}
        </div>
        <div className={classes.actions}>
          <LockedAction permission="delivery.replay" reason={lockedReasons.replay}>
            <Button
              variant="default"
              leftSection={<RotateCcw aria-hidden />}
              disabled={replayBlocked !== null}
              title={replayBlocked ?? undefined}
              onClick={() => setReplaying(true)}
            >
              Replay
            </Button>
          </LockedAction>
          <CopyButton withLabel label="Copy as cURL" value={toCurl(delivery.request)} />
        </div>
        <Facts delivery={delivery} onOpen={onOpen} />
      </div>
      <SegmentedTabs<TabName>
        label="Delivery"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'request', label: 'Request', content: <RequestView request={delivery.request} /> },
          {
            value: 'response',
            label: 'Response',
            content: (
              <ResponseView
                response={delivery.response}
                durationMs={delivery.durationMs}
                failure={delivery.error?.message ?? null}
              />
            ),
          },
          {
            value: 'attempts',
            label: 'Attempts',
            count: delivery.attempts.length,
            content: <AttemptTimeline delivery={delivery} />,
          },
        ]}
      />
      <ReplayDialog
        delivery={delivery}
        opened={replaying}
        onClose={() => setReplaying(false)}
        onReplayed={onReplayed}
      />
    </>
  );
}
