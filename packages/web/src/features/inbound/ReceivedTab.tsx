import { Button, Drawer, Select } from '@mantine/core';
import { getInboundSettings, inboundStates, listInboundMessages } from '@trunkline/contract/inbound';
import type { InboundSource, InboundState } from '@trunkline/contract/inbound';
import { ArrowDownToLine } from 'lucide-react';
import { useRef, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { NewRows } from '../../components/NewRows.tsx';
import { useOperation, usePagedOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { useHeldRows } from '../webhooks/use-held-rows.ts';
import { useScrolledPast } from '../webhooks/use-scrolled-past.ts';
import { MessageDetail } from './MessageDetail.tsx';
import { ReprocessButton } from './ReprocessButton.tsx';
import { RetentionDialog } from './RetentionDialog.tsx';
import type { InboundSearch } from './inbound-search.ts';
import { messageColumns } from './message-columns.tsx';
import { isBulkState, stateLabels } from './message-words.ts';
import { lockedReasons } from './reasons.ts';
import classes from './inbound.module.css';

function Retention() {
  const settings = useOperation(getInboundSettings, {});
  const [changing, setChanging] = useState(false);
  if (!settings.data) return null;
  const days = settings.data.retentionDays;
  return (
    <p className={classes.foot}>
      Kept for {countOf(days, 'day', 'days')}.{' '}
      <LockedAction permission="inbound.settings" reason={lockedReasons.settings}>
        <Button size="xs" variant="subtle" onClick={() => setChanging(true)}>
          Change
        </Button>
      </LockedAction>
      {changing && <RetentionDialog days={days} onClose={() => setChanging(false)} />}
    </p>
  );
}

/** Webhooks that came in, newest first, with the one that is open. What comes while somebody reads waits above. */
export function ReceivedTab({
  search,
  sources,
  onGo,
}: {
  search: InboundSearch;
  sources: readonly InboundSource[];
  onGo: (next: InboundSearch, replace?: boolean) => void;
}) {
  const { message, ...filtered } = search;
  const { source, state } = filtered;
  const messages = usePagedOperation(
    listInboundMessages,
    { limit: 50, ...(source && { sourceId: source }), ...(state && { state }) },
    { keepPrevious: true },
  );
  const top = useRef<HTMLDivElement>(null);
  const [isPointed, setPointed] = useState(false);
  const isScrolled = useScrolledPast(top);
  const { shown, waiting, release } = useHeldRows(
    messages.rows,
    message !== undefined || isScrolled || isPointed,
    `${source ?? ''} ${state ?? ''}`,
  );
  const isFiltered = source !== undefined || state !== undefined;
  const isKnown = source === undefined || sources.some(({ id }) => id === source);
  const choices = [
    { value: '', label: 'All sources' },
    ...sources.map(({ id, name }) => ({ value: id, label: name })),
    ...(isKnown ? [] : [{ value: source, label: 'A source that was deleted' }]),
  ];

  function filter(next: { source?: string | undefined; state?: InboundState | undefined }): void {
    const merged = { source, state, ...next };
    onGo({
      tab: 'received',
      ...(merged.source ? { source: merged.source } : {}),
      ...(merged.state ? { state: merged.state } : {}),
    });
  }

  return (
    <>
      <Card flush>
        <div className={classes.tools} ref={top}>
          <FilterChips<InboundState | 'all'>
            label="State"
            value={state ?? 'all'}
            onChange={(next) => filter({ state: next === 'all' ? undefined : next })}
            chips={(['all', ...inboundStates] as const).map((value) => ({
              value,
              label: value === 'all' ? 'All' : stateLabels[value],
            }))}
          />
          <div className={classes.side}>
            {source !== undefined && isBulkState(state) && messages.rows.length > 0 && (
              <ReprocessButton what={{ sourceId: source, state }}>Process all again</ReprocessButton>
            )}
            <Select
              aria-label="Source"
              data={choices}
              value={source ?? ''}
              onChange={(next) => filter({ source: next || undefined })}
              allowDeselect={false}
              searchable={choices.length > 8}
            />
          </div>
        </div>
        <div
          onPointerEnter={(event) => setPointed(event.pointerType === 'mouse')}
          onPointerLeave={() => setPointed(false)}
        >
          <NewRows
            waiting={waiting}
            what="webhooks"
            onShow={() => {
              release();
              top.current?.scrollIntoView({ block: 'nearest' });
            }}
          />
          <DataTable
            caption="Received webhooks"
            columns={messageColumns(source !== undefined)}
            rows={shown}
            rowKey={({ id }) => id}
            isPending={messages.isPending}
            error={messages.error}
            onRetry={messages.refetch}
            onOpen={({ id }) => onGo({ ...filtered, message: id }, false)}
            current={message ?? null}
            hasMore={messages.hasMore}
            isLoadingMore={messages.isLoadingMore}
            onLoadMore={messages.loadMore}
            empty={
              <EmptyState
                icon={ArrowDownToLine}
                title={isFiltered ? 'No webhook is like this' : 'Nothing has come in yet'}
                actions={
                  isFiltered && (
                    <Button variant="default" onClick={() => onGo({ tab: 'received' })}>
                      Show all
                    </Button>
                  )
                }
              >
                Webhooks whose signature is right appear here, newest first. What is refused is only counted
                at its source.
              </EmptyState>
            }
          />
        </div>
        <Drawer
          opened={message !== undefined}
          onClose={() => onGo(filtered)}
          position="right"
          size={640}
          title="Received webhook"
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          {message !== undefined && <MessageDetail key={message} id={message} />}
        </Drawer>
      </Card>
      <Retention />
    </>
  );
}
