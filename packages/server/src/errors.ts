import { errorCodes } from '@trunkline/contract/errors';
import type { ErrorCode } from '@trunkline/contract/errors';

export interface FieldError {
  /** JSON pointer into the input (RFC 6901). */
  pointer: string;
  detail: string;
}

/**
 * An error that a caller may see. `detail` is public text; `cause` stays in the logs.
 * Everything else that is thrown is answered as `internal`, without its message.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  /** Seconds for the Retry-After header. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; errors?: FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** A fault of one field of the input. */
export function fieldError(code: ErrorCode, pointer: string, detail: string): AppError {
  return new AppError(code, detail, { errors: [{ pointer, detail }] });
}

/** The answer for anything that is absent or belongs to somebody else: the caller cannot tell which. */
export function notFound(what: string): AppError {
  return new AppError('not_found', `There is no such ${what}.`);
}
