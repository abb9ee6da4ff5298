import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import { countOf, formatNumber } from '../../lib/format.ts';

type Kind = BulkJob['kind'];

/** What the job is called, and what it counts. */
const kinds: Record<Kind, { name: string; one: string; many: string }> = {
  recover: { name: 'Recovery', one: 'event', many: 'events' },
  replay_failed: { name: 'Replay of failed deliveries', one: 'delivery', many: 'deliveries' },
  catch_up: { name: 'Catching up', one: 'event', many: 'events' },
  retry_dead_letters: { name: 'Retry of dead letters', one: 'dead letter', many: 'dead letters' },
};

/** The server counts up to this many. */
export const countedUpTo = 1_000_000;

/** `1 event`, `12 dead letters`; at the end of counting `1,000,000 events or more`. */
export function jobCount(kind: Kind, count: number): string {
  const words = countOf(count, kinds[kind].one, kinds[kind].many);
  return count >= countedUpTo ? `${words} or more` : words;
}

/** `Recovery`, `Retry of dead letters`. */
export function kindName(kind: Kind): string {
  return kinds[kind].name;
}

/** Whose deliveries a job is about: a webhook's name, or all. */
export function jobTarget({ webhookId, webhookName }: Pick<BulkJob, 'webhookId' | 'webhookName'>): string {
  return webhookId === null ? 'all webhooks' : (webhookName ?? 'a deleted webhook');
}

/** `Recovery for Billing`. */
export function jobTitle(job: Pick<BulkJob, 'kind' | 'webhookId' | 'webhookName'>): string {
  return `${kindName(job.kind)} for ${jobTarget(job)}`;
}

/** `412 of 719`. A job counts when it starts and queues later, so it may queue a few more or fewer. */
export function progressText({ queued, total }: Pick<BulkJob, 'queued' | 'total'>): string {
  const end = Math.max(queued, total);
  return `${formatNumber(queued)} of ${formatNumber(end)}${total >= countedUpTo ? ' or more' : ''}`;
}

/** How fast a job queues. */
export function rateText(ratePerSecond: number | null): string {
  return ratePerSecond === null ? 'no limit' : `${formatNumber(ratePerSecond)} a second`;
}

/** Whether a job can still be changed. */
export function isUnfinished({ state }: Pick<BulkJob, 'state'>): boolean {
  return state === 'running' || state === 'paused';
}

/** The ids that were watched and have left the list of unfinished jobs. */
export function endedJobs(
  watched: ReadonlySet<string>,
  unfinished: readonly Pick<BulkJob, 'id'>[],
): string[] {
  const now = new Set(unfinished.map(({ id }) => id));
  return [...watched].filter((id) => !now.has(id));
}

/** What cancelling does, for the question before it. */
export function cancelWords({ kind, queued, total }: Pick<BulkJob, 'kind' | 'queued' | 'total'>): string {
  const left = Math.max(0, total - queued);
  const done =
    queued === 0
      ? 'Nothing is queued yet.'
      : `${jobCount(kind, queued)} ${queued === 1 ? 'is queued already and still goes' : 'are queued already and still go'} out.`;
  const rest =
    left === 0
      ? ''
      : ` The other ${formatNumber(left)} ${left === 1 ? 'stays as it is' : 'stay as they are'}.`;
  const later =
    kind === 'catch_up'
      ? 'What is left out is marked so in the ledger; a recovery can still bring it.'
      : 'A new job can be started later; it leaves out what was sent.';
  return `${done}${rest} ${later}`;
}

/** What has become of a job, in a sentence; null while it is not finished. */
export function outcomeSentence(job: BulkJob): string | null {
  const title = jobTitle(job);
  switch (job.state) {
    case 'completed':
      return `${title} is complete: ${jobCount(job.kind, job.queued)} queued.`;
    case 'cancelled':
      return `${title} was cancelled after ${progressText(job)}.`;
    case 'failed':
      return `${title} failed after ${progressText(job)}.${job.error ? ` ${job.error}` : ''}`;
    case 'running':
    case 'paused':
      return null;
  }
}

/** What is wrong with a rate that was typed; null when it may be used. `NaN` stands for an empty field. */
export function rateProblem(rate: number): string | null {
  if (Number.isNaN(rate)) return null;
  return Number.isInteger(rate) && rate >= 1 && rate <= 10_000 ? null : 'A whole number from 1 to 10,000';
}
