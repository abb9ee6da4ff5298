import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import { AppError } from '../../errors.ts';
import { uuid7FloorOf } from '../../lib/uuid7.ts';

/** Deliveries that one batch, and so one transaction, puts into the queue at most. */
export const batchLimit = 500;
/** Counting ends here; a job goes on past it. */
export const countLimit = 1_000_000;
/** Rows that one batch looks at, so that it stays short where almost nothing has to be done. */
export const windowLimit = 2_000;
/** Windows that a request looks through for its first batch. */
export const windowsInRequest = 50;
/** Batches that may break off one after another before the job is given up. */
export const failureLimit = 8;

const monthMs = 30 * 86_400_000;

export type BulkJobKind = BulkJob['kind'];
export type BulkJobState = BulkJob['state'];

/** What a job is about. Times are milliseconds since the epoch. */
export interface Selection {
  kind: BulkJobKind;
  /** Null: dead letters of all webhooks. */
  webhookId: string | null;
  since: number | null;
  deliveryIds: string[] | null;
  until: number;
  /** Of a catch-up: the id behind which its events begin, and their place in lines where an order is kept. */
  after?: string | null;
  linePlace?: number | null;
}

/** Deliveries for the next batch. With a rate it is half a second's worth, so that they come evenly. */
export function batchSize(ratePerSecond: number | null): number {
  return ratePerSecond === null ? batchLimit : Math.min(batchLimit, Math.ceil(ratePerSecond / 2));
}

/** Seconds until a job whose batch broke off is tried again. */
export function backoffSeconds(failures: number): number {
  return Math.min(60, 2 ** failures);
}

export function isFinished(state: BulkJobState): boolean {
  return state !== 'running' && state !== 'paused';
}

/** @throws AppError `conflict` for a job that has ended */
export function requireUnfinished(state: BulkJobState): void {
  if (isFinished(state))
    throw new AppError('conflict', `The job is ${state} and cannot be changed any more.`);
}

/** Nothing is older than the epoch. */
export function firstIdOf(ms: number): string {
  return uuid7FloorOf(Math.max(0, ms));
}

/** The greatest version 7 UUID of a millisecond. */
export function lastIdOf(ms: number): string {
  return ms < 0
    ? '00000000-0000-0000-0000-000000000000'
    : `${uuid7FloorOf(ms).slice(0, 15)}fff-bfff-ffffffffffff`;
}

/** Failures are sent again from then on; without a time, those of the last 30 days. */
export function failuresSince({ since, until }: Pick<Selection, 'since' | 'until'>): number {
  return since ?? until - monthMs;
}

/** A range of event ids, and the range in which lie the ids of the deliveries that came with these events. */
export interface EventRange {
  /** Not part of it. */
  after: string;
  last: string;
  firstDelivery: string;
  lastDelivery: string;
}

/** A delivery shares its first 64 bits with its event. */
export function eventRange(after: string, last: string): EventRange {
  return { after, last, firstDelivery: prefixFloor(after), lastDelivery: prefixCeiling(last) };
}

const prefixFloor = (id: string) => `${id.slice(0, 19)}0000-000000000000`;

/** The greatest id that shares its first 64 bits, and so the end of a range that splits no group of them. */
export const prefixCeiling = (id: string) => `${id.slice(0, 19)}ffff-ffffffffffff`;
