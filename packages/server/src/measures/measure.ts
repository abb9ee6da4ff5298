import type { CheckProblem, CheckStep } from '@trunkline/contract/checks';
import type { Fault } from '@trunkline/contract/faults';

/** What is measured: checks of our own, and calls on behalf of a product. */
export type MeasureKind = 'check' | 'call';

/** One check or call that has ended. */
export interface Measure {
  organizationId: string;
  integrationId: string;
  kind: MeasureKind;
  ok: boolean;
  durationMs: number;
  /** Of a failure. */
  fault?: Fault;
  /** What is known of a failure; it is counted with those that are the same to a person. */
  failure?: MeasuredFailure;
}

export interface MeasuredFailure {
  problem: CheckProblem;
  /** The technical word: `timeout`, `dns`, `tls`, … or the status of an answer. */
  code: string | null;
  /** What happened this time, without secrets. */
  message: string;
  /** The steps of a check. */
  steps?: readonly CheckStep[];
  /** Where it failed, when it was not always the same. */
  host?: string;
}
