import type { CheckStep, CheckStepKey } from '@trunkline/contract/checks';
import type { CheckLog } from './check-log.ts';
import { EgressError } from './egress/errors.ts';
import type { EgressErrorCode } from './egress/errors.ts';
import { shorten } from './scrub.ts';
import type { Scrub } from './scrub.ts';

/** Why a check failed. Its `status`, `text` and `mayHaveArrived` are what a classification asks for. */
export interface ProbeFailure {
  step: CheckStepKey;
  /** `refused`: the other side answered, and said no. */
  code: EgressErrorCode | 'refused';
  /** HTTP status; null for other protocols, and when there was no answer. */
  status: number | null;
  /** The other side's answer, or the name of the failure such as `ENOTFOUND`, and words to it. Without secrets. */
  text: string;
  /** For people. Without secrets. */
  message: string;
  /** What was asked for may have been carried out although no answer came. */
  mayHaveArrived: boolean;
}

/** What a check found; `ok` with a failure of null and the other way round. */
export interface ProbeResult {
  ok: boolean;
  steps: CheckStep[];
  failure: ProbeFailure | null;
  durationMs: number;
}

/** The other side answered, and the answer is no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** What the other side wrote. */
  readonly text: string;
  readonly status: number | null;

  constructor(message: string, text: string, status: number | null = null) {
    super(message);
    this.text = text;
    this.status = status;
  }
}

/** The names under which failures are known on every platform. */
const words: Record<EgressErrorCode, string> = {
  blocked: 'EBLOCKED',
  dns: 'ENOTFOUND',
  connect: 'ECONNREFUSED',
  tls: 'ERR_SSL',
  timeout: 'ETIMEDOUT',
  reset: 'ECONNRESET',
  too_large: 'EMSGSIZE',
  redirect: 'EREDIRECT',
  protocol: 'EPROTO',
  aborted: 'ECANCELED',
};

/**
 * The failure that an error of a check means.
 *
 * @throws what is neither an EgressError nor a RefusedError: a mistake of ours
 */
export function failureOf(error: unknown, step: CheckStepKey, scrub: Scrub): ProbeFailure {
  if (error instanceof RefusedError) {
    const { message, text, status } = error;
    return {
      step,
      code: 'refused',
      status,
      text: scrub(text),
      message: shorten(scrub(message)),
      mayHaveArrived: false,
    };
  }
  if (!(error instanceof EgressError)) throw error;
  const { code, reason, sent } = error;
  const message = shorten(scrub(error.message));
  return {
    step,
    code,
    status: null,
    text: `${reason ?? words[code]}: ${message}`,
    message,
    mayHaveArrived: sent,
  };
}

/**
 * Runs the steps of a check, and puts together what they found.
 *
 * @throws what is neither an EgressError nor a RefusedError: a mistake of ours
 */
export async function probe(log: CheckLog, scrub: Scrub, work: () => Promise<void>): Promise<ProbeResult> {
  let failure: ProbeFailure | null = null;
  try {
    await work();
  } catch (error) {
    failure = failureOf(error, log.current ?? 'values', scrub);
  }
  return { ok: failure === null, steps: log.steps, failure, durationMs: log.durationMs };
}
