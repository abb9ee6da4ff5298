import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import { describe, expect, it } from 'vitest';
import {
  cancelWords,
  endedJobs,
  jobCount,
  jobTitle,
  outcomeSentence,
  progressText,
  rateProblem,
} from './bulk-words.ts';

function job(change: Partial<BulkJob> = {}): BulkJob {
  return {
    id: 'j',
    kind: 'recover',
    webhookId: 'w',
    webhookName: 'Billing',
    since: null,
    state: 'running',
    total: 719,
    queued: 412,
    ratePerSecond: null,
    startedBy: 'Ada Stone',
    createdAt: '2026-11-23T10:00:00.000Z',
    finishedAt: null,
    error: null,
    ...change,
  };
}

describe('jobTitle', () => {
  it('names the kind and whose deliveries it is about', () => {
    expect(jobTitle(job())).toBe('Recovery for Billing');
    expect(jobTitle(job({ kind: 'retry_dead_letters', webhookId: null, webhookName: null }))).toBe(
      'Retry of dead letters for all webhooks',
    );
    expect(jobTitle(job({ webhookName: null }))).toBe('Recovery for a deleted webhook');
  });
});

describe('jobCount', () => {
  it('says that counting stops at a million', () => {
    expect(jobCount('recover', 1)).toBe('1 event');
    expect(jobCount('replay_failed', 1_000_000)).toBe('1,000,000 deliveries or more');
  });
});

describe('progressText', () => {
  it('never shows more done than there is', () => {
    expect(progressText(job())).toBe('412 of 719');
    expect(progressText(job({ queued: 721 }))).toBe('721 of 721');
    expect(progressText(job({ queued: 5, total: 1_000_000 }))).toBe('5 of 1,000,000 or more');
  });
});

describe('cancelWords', () => {
  it('says what is sent all the same and what is not', () => {
    expect(cancelWords(job())).toContain(
      '412 events are queued already and still go out. The other 307 stay',
    );
    expect(cancelWords(job({ queued: 0 }))).toContain('Nothing is queued yet. The other 719 stay');
    expect(cancelWords(job({ queued: 718 }))).toContain('The other 1 stays as it is.');
  });
});

describe('outcomeSentence', () => {
  it('speaks only of jobs that are over', () => {
    expect(outcomeSentence(job())).toBeNull();
    expect(outcomeSentence(job({ state: 'paused' }))).toBeNull();
    expect(outcomeSentence(job({ state: 'completed', queued: 719 }))).toBe(
      'Recovery for Billing is complete: 719 events queued.',
    );
    expect(outcomeSentence(job({ state: 'failed', error: 'The webhook was deleted.' }))).toBe(
      'Recovery for Billing failed after 412 of 719. The webhook was deleted.',
    );
  });
});

describe('endedJobs', () => {
  it('finds those that were there and are not any more', () => {
    expect(endedJobs(new Set(['a', 'b']), [job({ id: 'b' }), job({ id: 'c' })])).toEqual(['a']);
  });
});

describe('rateProblem', () => {
  it('takes an empty field as no limit and refuses what the server would', () => {
    expect([Number.NaN, 1, 10_000].map(rateProblem)).toEqual([null, null, null]);
    expect([0, 10_001, 1.5].map((rate) => rateProblem(rate) === null)).toEqual([false, false, false]);
  });
});
