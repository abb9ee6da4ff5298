import { useQueries } from '@tanstack/react-query';
import { getBulkJob, listBulkJobs } from '@trunkline/contract/bulk-jobs';
import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import { useEffect, useState } from 'react';
import { operationQuery, useOperation } from '../../lib/api.ts';
import { endedJobs, isUnfinished } from './bulk-words.ts';

export interface WatchedJobs {
  unfinished: BulkJob[];
  /** Jobs that ended while they were on screen. */
  ended: BulkJob[];
  dismiss: (id: string) => void;
}

/**
 * Follows the unfinished jobs of one webhook, or of all, and keeps those that end meanwhile until they are dismissed.
 * @param kind only jobs of this kind
 */
export function useWatchedJobs(webhookId: string | null, kind: BulkJob['kind'] | null): WatchedJobs {
  const list = useOperation(listBulkJobs, {
    limit: 100,
    state: 'unfinished',
    ...(webhookId === null ? {} : { webhookId }),
  });
  const [watched, setWatched] = useState<ReadonlySet<string>>(new Set());
  const unfinished = (list.data?.data ?? []).filter((job) => kind === null || job.kind === kind);
  const ids = unfinished.map(({ id }) => id).join(' ');
  useEffect(() => {
    if (ids === '') return;
    setWatched((known) => new Set([...known, ...ids.split(' ')]));
  }, [ids]);

  const gone = list.data ? endedJobs(watched, unfinished) : [];
  const last = useQueries({ queries: gone.map((id) => operationQuery(getBulkJob, { id })) });
  return {
    unfinished,
    ended: last.flatMap(({ data }) => (data && !isUnfinished(data) ? [data] : [])),
    dismiss: (id) => setWatched((known) => new Set([...known].filter((each) => each !== id))),
  };
}
