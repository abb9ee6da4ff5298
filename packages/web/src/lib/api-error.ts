import type { ErrorCode, Problem } from '@trunkline/contract/errors';

/** Codes that arise in the browser, beside the server's. */
export type ClientErrorCode = 'unreachable' | 'cancelled';

/** A refused or failed call, in the words of the server's problem object (RFC 9457). */
export class ApiError extends Error {
  readonly code: ErrorCode | ClientErrorCode;
  /** One sentence for the person who reads the screen. */
  readonly detail: string;
  /** Null when no answer came. */
  readonly requestId: string | null;
  readonly errors: { pointer: string; detail: string }[];
  /** Seconds until the call may be tried again, when the server said so (429, 503). */
  readonly retryAfterSeconds: number | null;

  constructor(init: {
    code: ErrorCode | ClientErrorCode;
    detail: string;
    requestId?: string | null;
    errors?: { pointer: string; detail: string }[];
    retryAfterSeconds?: number | null;
  }) {
    super(init.detail);
    this.name = 'ApiError';
    this.code = init.code;
    this.detail = init.detail;
    this.requestId = init.requestId ?? null;
    this.errors = init.errors ?? [];
    this.retryAfterSeconds = init.retryAfterSeconds ?? null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isProblem(value: unknown): value is Problem {
  return isRecord(value) && typeof value['code'] === 'string' && typeof value['detail'] === 'string';
}

function retryAfterOf(error: Record<string, unknown>): number | null {
  const meta = error['meta'];
  const response = isRecord(meta) ? meta['response'] : null;
  const header = response instanceof Response ? Number(response.headers.get('retry-after')) : 0;
  return Number.isFinite(header) && header > 0 ? header : null;
}

/** The problem of a session that is over, which is refused before the call is looked at. */
function refusalBefore({ meta }: Record<string, unknown>): unknown {
  if (!isRecord(meta) || !(meta['response'] instanceof Response)) return null;
  return meta['response'].status === 401 ? meta['responseJSON'] : null;
}

/**
 * Turns whatever a call threw into an ApiError: the problem in `error.data.problem` of a tRPC error, or
 * `unreachable` when there was no answer that we understand.
 */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (isRecord(thrown)) {
    const data = thrown['data'];
    const problem = isRecord(data) ? data['problem'] : refusalBefore(thrown);
    if (isProblem(problem)) {
      return new ApiError({
        code: problem.code as ErrorCode,
        detail: problem.detail,
        requestId: problem.requestId,
        errors: problem.errors ?? [],
        retryAfterSeconds: retryAfterOf(thrown),
      });
    }
    if (isRecord(thrown['cause']) && thrown['cause']['name'] === 'AbortError') {
      return new ApiError({ code: 'cancelled', detail: 'The request was cancelled.' });
    }
  }
  return new ApiError({
    code: 'unreachable',
    detail: 'The server did not answer. Check that it runs and that you are online.',
  });
}
