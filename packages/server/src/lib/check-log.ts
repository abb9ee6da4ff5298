import type { CheckStep, CheckStepKey } from '@trunkline/contract/checks';
import { shorten } from './scrub.ts';
import type { Scrub } from './scrub.ts';

/** A step of a check before it runs. */
export interface PlannedStep {
  key: CheckStepKey;
  label: string;
}

/** What a step gave, and what to say about it. */
export interface StepOutcome<T> {
  value: T;
  detail: string;
  /** It works, but somebody should look at it. */
  warning?: boolean;
}

/** A step as it goes by: first as running, then with what came of it. */
export type StepObserver = (
  step: Omit<CheckStep, 'status'> & { status: CheckStep['status'] | 'running' },
) => void;

/** Collects the steps of one check as they run. A step that is not planned runs too, and is not told of. */
export class CheckLog {
  readonly #plan: readonly PlannedStep[];
  readonly #scrub: Scrub;
  readonly #clock: () => number;
  readonly #observe: StepObserver | undefined;
  readonly #startedAt: number;
  readonly #done = new Map<CheckStepKey, CheckStep>();
  #current: CheckStepKey | null = null;

  /** `clock`: steady milliseconds. */
  constructor(plan: readonly PlannedStep[], scrub: Scrub, clock: () => number, observe?: StepObserver) {
    this.#plan = plan;
    this.#scrub = scrub;
    this.#clock = clock;
    this.#observe = observe;
    this.#startedAt = clock();
  }

  /** Runs a step and notes its time and what came of it; an error of the step is passed on. */
  async run<T>(key: CheckStepKey, work: () => Promise<StepOutcome<T>>): Promise<T> {
    this.#current = key;
    const startedAt = this.#clock();
    this.#observe?.({ key, label: this.#labelOf(key), status: 'running', detail: '', durationMs: null });
    try {
      const { value, detail, warning } = await work();
      this.#note(key, warning === true ? 'warning' : 'ok', detail, startedAt);
      return value;
    } catch (error) {
      this.#note(key, 'failed', error instanceof Error ? error.message : String(error), startedAt);
      throw error;
    }
  }

  /** The step that runs or ran last. */
  get current(): CheckStepKey | null {
    return this.#current;
  }

  /** Every planned step; those that were not reached as skipped. */
  get steps(): CheckStep[] {
    return this.#plan.map(
      ({ key, label }) =>
        this.#done.get(key) ?? { key, label, status: 'skipped', detail: 'Not reached.', durationMs: null },
    );
  }

  get durationMs(): number {
    return Math.round(this.#clock() - this.#startedAt);
  }

  #note(key: CheckStepKey, status: CheckStep['status'], detail: string, startedAt: number): void {
    const durationMs = Math.round(this.#clock() - startedAt);
    const step = { key, label: this.#labelOf(key), status, detail: shorten(this.#scrub(detail)), durationMs };
    this.#done.set(key, step);
    this.#observe?.(step);
  }

  #labelOf(key: CheckStepKey): string {
    return this.#plan.find((step) => step.key === key)?.label ?? key;
  }
}
