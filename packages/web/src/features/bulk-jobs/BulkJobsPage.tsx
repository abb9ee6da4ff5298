import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { listBulkJobs } from '@trunkline/contract/bulk-jobs';
import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import { ListRestart } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { usePagedOperation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { JobActions } from './JobActions.tsx';
import { jobTarget, kindName, progressText, rateText } from './bulk-words.ts';
import classes from './BulkJobsPage.module.css';

const tones = { completed: 'active', failed: 'error', paused: 'degraded', cancelled: 'disabled' } as const;

function Progress({ job }: { job: BulkJob }) {
  const tone = tones[job.state as keyof typeof tones];
  return (
    <span className={classes.progress}>
      <ProgressBar
        label="Queued"
        value={job.queued}
        max={Math.max(1, job.queued, job.total)}
        text={progressText(job)}
        {...(tone ? { tone } : {})}
      />
      {job.error && <span className={classes.note}>{job.error}</span>}
    </span>
  );
}

const columns: Column<BulkJob>[] = [
  {
    key: 'job',
    header: 'Job',
    rowHeader: true,
    cell: (job) => (
      <CellText
        primary={kindName(job.kind)}
        secondary={
          <>
            {job.webhookId === null ? (
              jobTarget(job)
            ) : (
              <AppLink href={`/webhooks/${job.webhookId}`}>{jobTarget(job)}</AppLink>
            )}
            {job.since !== null && <span className={classes.since}>since {formatAbsolute(job.since)}</span>}
          </>
        }
      />
    ),
  },
  { key: 'state', header: 'State', cell: (job) => <StatusBadge status={job.state} /> },
  {
    key: 'progress',
    header: 'Progress',
    width: '24%',
    narrow: 'full',
    cell: (job) => <Progress job={job} />,
  },
  {
    key: 'rate',
    header: 'Rate',
    cell: (job) => <span className={classes.rate}>{rateText(job.ratePerSecond)}</span>,
  },
  {
    key: 'started',
    header: 'Started',
    width: '12%',
    cell: (job) => (
      <CellText primary={<RelativeTime at={job.createdAt} />} secondary={`by ${job.startedBy}`} />
    ),
  },
  {
    key: 'finished',
    header: 'Finished',
    cell: (job) => (
      <span className={classes.nowrap}>
        <RelativeTime at={job.finishedAt} empty="–" />
      </span>
    ),
  },
  {
    key: 'actions',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    narrow: 'full',
    cell: (job) => <JobActions job={job} />,
  },
];

type State = 'all' | 'unfinished';

/** `/bulk-jobs`: recoveries, replays and retries of many deliveries, with their progress. */
export function BulkJobsPage() {
  const search = useSearch({ from: '/shell/bulk-jobs' });
  const navigate = useNavigate();
  const state: State = search.state === 'unfinished' ? 'unfinished' : 'all';
  const jobs = usePagedOperation(listBulkJobs, { state }, { keepPrevious: true });

  function show(next: State): void {
    void navigate({ to: '/bulk-jobs', search: next === 'all' ? {} : { state: next }, replace: true });
  }

  return (
    <>
      <PageHeader
        title="Bulk jobs"
        live
        subtitle="Recoveries, replays and retries of many deliveries. They survive a restart."
      />
      <Card flush>
        <div className={classes.tools}>
          <FilterChips<State>
            label="State"
            value={state}
            onChange={show}
            chips={[
              { value: 'all', label: 'All' },
              { value: 'unfinished', label: 'Unfinished' },
            ]}
          />
        </div>
        <DataTable
          caption="Bulk jobs"
          columns={columns}
          rows={jobs.rows}
          rowKey={(job) => job.id}
          isPending={jobs.isPending}
          error={jobs.error}
          onRetry={jobs.refetch}
          hasMore={jobs.hasMore}
          isLoadingMore={jobs.isLoadingMore}
          onLoadMore={jobs.loadMore}
          empty={
            <EmptyState
              icon={ListRestart}
              title={state === 'all' ? 'No bulk jobs yet' : 'Every job is finished'}
              actions={
                state === 'unfinished' && (
                  <Button variant="default" onClick={() => show('all')}>
                    Show all jobs
                  </Button>
                )
              }
            >
              Recovering missed events, replaying failed deliveries and retrying dead letters start one.
            </EmptyState>
          }
        />
      </Card>
    </>
  );
}
