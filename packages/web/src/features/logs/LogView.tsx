import { Button, Skeleton, Switch } from '@mantine/core';
import { getLogBuckets } from '@trunkline/contract/logs';
import { ArrowUp, ScrollText } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { useOperation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { formatNumber } from '../../lib/format.ts';
import { useScrolledPast } from '../webhooks/use-scrolled-past.ts';
import { BucketsChart } from './BucketsChart.tsx';
import { LogFilters } from './LogFilters.tsx';
import { LogRow } from './LogRow.tsx';
import { logInput, narrowedBy, withSearch } from './log-search.ts';
import type { LogSearch } from './log-search.ts';
import type { Counts } from './log-words.ts';
import { useLogLines } from './use-log-lines.ts';
import type { LogLines } from './use-log-lines.ts';
import classes from './LogView.module.css';

/** Spans up to now begin this much later after as long. */
const moveMs = 10 * 60_000;

export interface LogViewProps {
  search: LogSearch;
  onSearch: (search: LogSearch) => void;
  /** Only its lines, and nothing said of whose they are. */
  integrationId?: string;
}

/** How many lines wait; pressed, they are shown. */
function NewLines({ lines, onShow }: { lines: LogLines; onShow: () => void }) {
  return (
    <Button size="xs" radius="xl" leftSection={<ArrowUp size={14} aria-hidden />} onClick={onShow}>
      {formatNumber(lines.waiting)}
      {lines.hasMoreWaiting && ' or more'} new
    </Button>
  );
}

/** Lines with their filters, their number over time, and what is written meanwhile. */
export function LogView({ search, onSearch, integrationId }: LogViewProps) {
  const now = useNow(moveMs);
  const filter = useMemo(() => logInput(search, now, integrationId), [search, now, integrationId]);
  const [following, setFollowing] = useState(true);
  const top = useRef<HTMLDivElement>(null);
  const isBelow = useScrolledPast(top);
  // A time that has an end gets no new lines.
  const mayFollow = filter.until === undefined;
  const lines = useLogLines(filter, { tail: mayFollow, hold: isBelow || !following });
  const buckets = useOperation(getLogBuckets, filter, { keepPrevious: true });
  const counts = useMemo(() => (buckets.data ? sumOf(buckets.data.buckets) : null), [buckets.data]);
  const isEmpty = lines.fresh.length + lines.older.length === 0;
  const isNarrowed = narrowedBy(search) > 0;

  function change(next: Parameters<typeof withSearch>[1]): void {
    onSearch(withSearch(search, next));
  }
  const clear = (): void =>
    onSearch(withSearch({}, { range: search.range, since: search.since, until: search.until }));

  return (
    <Card flush>
      <LogFilters
        search={search}
        onChange={change}
        onClear={clear}
        ofOne={integrationId !== undefined}
        counts={counts}
      />
      {buckets.data && buckets.data.total > 0 && (
        <BucketsChart data={buckets.data} onZoom={(since, until) => change({ range: 'own', since, until })} />
      )}
      <div className={classes.bar} ref={top}>
        <Switch
          label="Follow new lines"
          checked={following && mayFollow}
          disabled={!mayFollow}
          onChange={(event) => setFollowing(event.currentTarget.checked)}
        />
        {!mayFollow && <span className={classes.quiet}>The chosen time has an end.</span>}
        {!isBelow && lines.waiting > 0 && (
          <span className={classes.waiting} role="status">
            <NewLines lines={lines} onShow={lines.showWaiting} />
          </span>
        )}
      </div>
      {lines.tailError && (
        <div className={classes.notice}>
          <Notice tone="degraded" title="New lines could not be read">
            {lines.tailError.detail}
          </Notice>
        </div>
      )}
      {isBelow && lines.waiting > 0 && (
        <div className={classes.pill} role="status">
          <NewLines
            lines={lines}
            onShow={() => {
              lines.showWaiting();
              top.current?.scrollIntoView({ block: 'start' });
            }}
          />
        </div>
      )}
      {/* Its own region, so that only what is added is read out, and not the pages that are loaded below. */}
      <div role="log" aria-label="New lines" aria-busy={lines.isFetching}>
        <ol className={classes.list}>
          {lines.fresh.map((entry) => (
            <LogRow key={entry.id} entry={entry} withOwner={integrationId === undefined} isNew />
          ))}
        </ol>
      </div>
      {!isEmpty ? (
        <ol className={classes.list} aria-label="Log lines">
          {lines.older.map((entry) => (
            <LogRow key={entry.id} entry={entry} withOwner={integrationId === undefined} />
          ))}
        </ol>
      ) : lines.isPending ? (
        <div className={classes.loading} aria-busy="true">
          {[0, 1, 2, 3, 4, 5].map((index) => (
            <Skeleton key={index} height={18} />
          ))}
        </div>
      ) : lines.error ? (
        <ErrorState error={lines.error} onRetry={lines.refetch} />
      ) : (
        <EmptyState
          icon={ScrollText}
          title={isNarrowed ? 'No line matches' : 'No lines in this time'}
          actions={
            isNarrowed ? (
              <Button variant="default" onClick={clear}>
                Clear filters
              </Button>
            ) : (
              search.range !== 'all' && (
                <Button variant="default" onClick={() => change({ range: 'all' })}>
                  Show all that is kept
                </Button>
              )
            )
          }
        >
          {isNarrowed
            ? 'Other levels, another time or fewer words may find more.'
            : 'Failed checks and calls, sign-ins at providers, deliveries that fail and changes are written here as they happen.'}
        </EmptyState>
      )}
      {lines.hasMore && (
        <div className={classes.more}>
          <BusyButton variant="default" busy={lines.isLoadingMore} onClick={lines.loadMore}>
            Load more
          </BusyButton>
        </div>
      )}
    </Card>
  );
}

function sumOf(buckets: readonly Counts[]): Counts {
  const sum = { debug: 0, info: 0, warn: 0, error: 0 };
  for (const { debug, info, warn, error } of buckets) {
    sum.debug += debug;
    sum.info += info;
    sum.warn += warn;
    sum.error += error;
  }
  return sum;
}
