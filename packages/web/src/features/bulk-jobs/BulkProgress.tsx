import { Button } from '@mantine/core';
import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import { useId } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Notice } from '../../components/Notice.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { JobActions } from './JobActions.tsx';
import { jobTitle, outcomeSentence, progressText, rateText } from './bulk-words.ts';
import { useWatchedJobs } from './use-watched-jobs.ts';
import classes from './BulkProgress.module.css';

function JobCard({ job }: { job: BulkJob }) {
  const id = useId();
  return (
    <section className={classes.job} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 className={classes.title} id={id}>
          {jobTitle(job)} <StatusBadge status={job.state} />
        </h2>
        <JobActions job={job} />
      </div>
      <ProgressBar
        label="Queued"
        value={job.queued}
        max={Math.max(1, job.queued, job.total)}
        text={progressText(job)}
        {...(job.state === 'paused' ? { tone: 'degraded' as const } : {})}
      />
      <p className={classes.meta}>
        Rate: {rateText(job.ratePerSecond)} · Started by {job.startedBy} <RelativeTime at={job.createdAt} /> ·{' '}
        <AppLink href="/bulk-jobs">All bulk jobs</AppLink>
      </p>
    </section>
  );
}

const tones = { completed: 'active', cancelled: 'disabled', failed: 'error' } as const;

function toneOf({ state }: BulkJob) {
  return state === 'running' || state === 'paused' ? 'syncing' : tones[state];
}

export interface BulkProgressProps {
  /** Null: of all webhooks. */
  webhookId: string | null;
  kind?: BulkJob['kind'];
}

/** The bulk jobs that are not finished, each with its progress, and how those ended that were on screen. */
export function BulkProgress({ webhookId, kind }: BulkProgressProps) {
  const { unfinished, ended, dismiss } = useWatchedJobs(webhookId, kind ?? null);
  return (
    <>
      <div className={classes.list}>
        {unfinished.map((job) => (
          <JobCard key={job.id} job={job} />
        ))}
      </div>
      <div className={classes.list} role="status">
        {ended.map((job) => (
          <Notice
            key={job.id}
            tone={toneOf(job)}
            title={outcomeSentence(job)}
            actions={
              <Button size="xs" variant="default" onClick={() => dismiss(job.id)}>
                Dismiss
              </Button>
            }
          />
        ))}
      </div>
    </>
  );
}
