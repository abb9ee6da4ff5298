import { Button, Drawer, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { getDeliveryHistory } from '@trunkline/contract/deliveries';
import { listEventTypes } from '@trunkline/contract/events';
import type { Webhook } from '@trunkline/contract/webhooks';
import { History, RotateCcw, ScrollText, Send } from 'lucide-react';
import { useRef, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { NewRows } from '../../components/NewRows.tsx';
import { Row } from '../../components/Stack.tsx';
import { useOperation, usePagedOperation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { DeliveryDetail } from './DeliveryDetail.tsx';
import { RecoverDialog } from './RecoverDialog.tsx';
import { ReplayFailedDialog } from './ReplayFailedDialog.tsx';
import { narrowColumns, wideColumns } from './delivery-columns.tsx';
import { deliveryRanges, deliverySearch, deliveryStatuses, historyInput } from './delivery-search.ts';
import type { DeliveryFilter, DeliverySearch } from './delivery-search.ts';
import { eventChoices } from './event-selection.ts';
import { lockedReasons } from './reasons.ts';
import { useHeldRows } from './use-held-rows.ts';
import { useScrolledPast } from './use-scrolled-past.ts';
import classes from './DeliveryHistory.module.css';

/** A time up to now begins anew after as long. */
const moveMs = 600_000;

const emptyTitles: Record<DeliveryFilter, string> = {
  all: 'No deliveries yet',
  success: 'Nothing was delivered yet',
  failed: 'Nothing has failed',
  dlq: 'No dead letters',
  pending: 'Nothing is waiting',
};
const emptyWords: Record<DeliveryFilter, string> = {
  all: 'They appear here, newest first, as soon as an event that it subscribes to is sent. A test shows the way.',
  success: 'Deliveries that the endpoint answered with 2xx appear here.',
  failed: 'Deliveries that are tried again, or were given up, appear here.',
  dlq: 'Deliveries that used up their retries are kept here.',
  pending: 'Deliveries that have not been sent yet, and those that are held, appear here.',
};

export interface DeliveryHistoryProps {
  webhookId: string;
  /** Null when it was deleted: its history can be read only. */
  webhook: Webhook | null;
  /** Goes to the test, offered while there is nothing to show. */
  onTest?: () => void;
  /** How many tests were sent beside the list: another one shows all rows of now. */
  tests?: number;
}

/** List of deliveries with one of them open beside it; both are part of the address (WH-5). */
export function DeliveryHistory({ webhookId, webhook, onTest, tests = 0 }: DeliveryHistoryProps) {
  const search: DeliverySearch = useSearch({ from: '/shell/webhooks/$webhookId' });
  const navigate = useNavigate();
  const isNarrow =
    useMediaQuery('(max-width: 1000px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const [dialog, setDialog] = useState<'failed' | 'recover' | null>(null);
  const [isPointed, setPointed] = useState(false);
  const top = useRef<HTMLDivElement>(null);
  const isScrolled = useScrolledPast(top);

  const catalog = useOperation(listEventTypes, {}, { staleTime: 300_000 });
  const types = catalog.data?.data ?? [];
  const open = search.delivery ?? null;
  const filter = search.status ?? 'all';
  const isNarrowed = search.event !== undefined || search.range !== undefined;
  const page = usePagedOperation(getDeliveryHistory, { webhookId, ...historyInput(search, useNow(moveMs)) });
  const { shown, waiting, release } = useHeldRows(
    page.rows,
    open !== null || isScrolled || isPointed,
    `${webhookId} ${filter} ${search.event} ${search.range} ${tests}`,
  );

  function show(change: { [Key in keyof DeliverySearch]?: string | null }): void {
    void navigate({
      to: '/webhooks/$webhookId',
      params: { webhookId },
      search: deliverySearch({ ...search, ...change }),
      // "Back" closes the first delivery that was opened, not each one that was looked at.
      replace: open !== null || change.delivery === undefined,
    });
  }

  function showNew(): void {
    release();
    top.current?.scrollIntoView({ block: 'nearest' });
  }

  const replayBlocked =
    webhook === null
      ? 'The webhook was deleted; nothing can be sent to it.'
      : webhook.status === 'disabled'
        ? 'Switch the webhook on first.'
        : null;
  const detail = open !== null && (
    <DeliveryDetail
      key={open}
      deliveryId={open}
      replayBlocked={replayBlocked}
      onClose={() => show({ delivery: null })}
      onOpen={(delivery) => show({ delivery })}
      onReplayed={(delivery) => {
        release();
        show({ delivery });
      }}
    />
  );

  return (
    <Card
      title="Delivery history"
      flush
      actions={
        webhook && (
          <Row>
            <ButtonLink
              variant="default"
              leftSection={<ScrollText aria-hidden />}
              href={`/logs?webhook=${webhookId}`}
            >
              View logs
            </ButtonLink>
            <LockedAction permission="delivery.replay" reason={lockedReasons.replay}>
              <Button
                variant="default"
                leftSection={<RotateCcw aria-hidden />}
                disabled={replayBlocked !== null}
                title={replayBlocked ?? undefined}
                onClick={() => setDialog('failed')}
              >
                Replay failed
              </Button>
            </LockedAction>
            <LockedAction permission="delivery.replay" reason={lockedReasons.replay}>
              <Button
                variant="default"
                leftSection={<History aria-hidden />}
                disabled={replayBlocked !== null}
                title={replayBlocked ?? undefined}
                onClick={() => setDialog('recover')}
              >
                Recover since…
              </Button>
            </LockedAction>
          </Row>
        )
      }
    >
      <div className={classes.tools} ref={top}>
        <FilterChips<DeliveryFilter>
          label="Status of deliveries"
          value={filter}
          onChange={(status) => show({ status })}
          chips={deliveryStatuses}
        />
        <div className={classes.narrow}>
          <Select
            aria-label="Type of deliveries"
            placeholder="All events"
            data={eventChoices(types, webhook?.events ?? null, search.event)}
            value={search.event ?? null}
            onChange={(event) => show({ event })}
            searchable
            clearable
          />
          <Select
            aria-label="Time of deliveries"
            data={deliveryRanges.map(({ value, label }) => ({ value, label }))}
            value={search.range ?? 'all'}
            onChange={(range) => show({ range })}
            allowDeselect={false}
          />
        </div>
      </div>
      <div className={classes.split} data-open={open !== null && !isNarrow ? true : undefined}>
        <div
          className={classes.list}
          onPointerEnter={(event) => setPointed(event.pointerType === 'mouse')}
          onPointerLeave={() => setPointed(false)}
        >
          <NewRows waiting={waiting} what="deliveries" onShow={showNew} />
          <DataTable
            caption="Deliveries"
            columns={isNarrow || open !== null ? narrowColumns : wideColumns}
            rows={shown}
            rowKey={(delivery) => delivery.id}
            isPending={page.isPending}
            error={page.error}
            onRetry={page.refetch}
            onOpen={(delivery) => show({ delivery: delivery.id })}
            current={open}
            hasMore={page.hasMore}
            isLoadingMore={page.isLoadingMore}
            onLoadMore={page.loadMore}
            empty={
              <EmptyState
                icon={Send}
                title={isNarrowed ? 'No delivery matches' : emptyTitles[filter]}
                actions={
                  filter === 'all' && !isNarrowed ? (
                    onTest && (
                      <LockedAction permission="webhook.test" reason={lockedReasons.test}>
                        <Button variant="default" leftSection={<Send aria-hidden />} onClick={onTest}>
                          Send a test
                        </Button>
                      </LockedAction>
                    )
                  ) : (
                    <Button
                      variant="default"
                      onClick={() => show({ status: null, event: null, range: null })}
                    >
                      Show all deliveries
                    </Button>
                  )
                }
              >
                {isNarrowed
                  ? 'Another event, another time or another status may find more.'
                  : emptyWords[filter]}
              </EmptyState>
            }
          />
        </div>
        {!isNarrow && detail && (
          <section className={classes.detail} aria-label="Delivery" tabIndex={0}>
            {detail}
          </section>
        )}
      </div>
      {isNarrow && (
        <Drawer.Root
          opened={open !== null}
          onClose={() => show({ delivery: null })}
          position="right"
          size="min(100%, 620px)"
        >
          <Drawer.Overlay />
          <Drawer.Content aria-label="Delivery">
            <Drawer.Body p={0}>{detail}</Drawer.Body>
          </Drawer.Content>
        </Drawer.Root>
      )}
      {webhook && (
        <>
          <ReplayFailedDialog
            webhook={webhook}
            opened={dialog === 'failed'}
            onClose={() => setDialog(null)}
            onDone={release}
          />
          <RecoverDialog
            webhook={webhook}
            opened={dialog === 'recover'}
            onClose={() => setDialog(null)}
            onDone={release}
          />
        </>
      )}
    </Card>
  );
}
