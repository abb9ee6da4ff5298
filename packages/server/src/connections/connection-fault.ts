import type { CheckProblem } from '@trunkline/contract/checks';

/**
 * A call through an integration that did not work, classified once (providers/classify.ts). The message is the
 * problem's headline and cause; it never holds a credential.
 */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault';
  readonly problem: CheckProblem;
  /** How long the provider asks to be left alone. */
  readonly retryAfterMs: number | null;

  constructor(problem: CheckProblem, cause?: unknown, retryAfterMs: number | null = null) {
    super(`${problem.title}. ${problem.cause}`, cause === undefined ? undefined : { cause });
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}
