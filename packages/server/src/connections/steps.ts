import type { CheckProblem, CheckReport, CheckStep } from '@trunkline/contract/checks';
import type { StepObserver } from '../lib/check-log.ts';
import type { ProbeFailure } from '../lib/probe.ts';
import { classify } from '../providers/classify.ts';
import type { Failure } from '../providers/classify.ts';
import type { Provider } from '../providers/provider.ts';

/** Puts a report together as the steps of a check go by. */
export class CheckRun {
  readonly steps: CheckStep[] = [];
  /** Told of every step as it goes by. */
  readonly observe: StepObserver | undefined;
  readonly #clock: () => number;
  readonly #startedAt: number;
  #stepAt: number;
  #code: string | null = null;

  constructor(clock: () => number, observe?: StepObserver) {
    this.observe = observe;
    this.#clock = clock;
    this.#startedAt = clock();
    this.#stepAt = this.#startedAt;
  }

  /** A step that has just ended; its time is that since the one before. */
  add(key: CheckStep['key'], label: string, status: CheckStep['status'], detail: string): void {
    const now = this.#clock();
    const durationMs = status === 'skipped' ? null : now - this.#stepAt;
    this.#stepAt = now;
    const step = { key, label, status, detail, durationMs };
    this.steps.push(step);
    this.observe?.(step);
  }

  /** Steps that another part has timed, and told of. */
  addAll(steps: readonly CheckStep[]): void {
    this.steps.push(...steps);
    this.#stepAt = this.#clock();
  }

  /** Remembers the technical word of what failed: `timeout`, `tls`, … or the status of an answer. */
  failedWith({ code, status }: Pick<ProbeFailure, 'code' | 'status'>): void {
    this.#code = code === 'refused' && status !== null ? String(status) : code;
  }

  report(problem: CheckProblem | null, account: string | null = null): CheckReport {
    return {
      ok: problem === null,
      problem,
      code: problem === null ? null : this.#code,
      steps: this.steps,
      account,
      durationMs: this.#clock() - this.#startedAt,
    };
  }
}

/** A failure in plain words, classified once by the provider's rules. */
export function problemOf(provider: Provider, failure: Failure): CheckProblem {
  const { fault, title, cause, fix, link } = classify(provider, failure);
  return { fault, title, cause, fix, link };
}
