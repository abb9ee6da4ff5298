import type { Measure, MeasuredFailure } from './measure.ts';

/** Times of the latest errors of one kind that are kept. */
export const recentKept = 20;

/** Sums of one integration in one hour. */
export interface HourSums extends Pick<Measure, 'organizationId' | 'integrationId' | 'kind'> {
  hour: number;
  count: number;
  failures: number;
  durationMs: number;
  latency: number[];
  faults: number[];
}

/** Errors of one kind of one integration. */
export interface ErrorSums extends Pick<Measure, 'organizationId' | 'integrationId'> {
  fingerprint: string;
  count: number;
  firstAt: number;
  /** Oldest first. */
  recentAt: number[];
  /** The latest one. */
  last: MeasuredFailure;
}
