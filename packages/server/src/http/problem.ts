import { errorCodes } from '@trunkline/contract/errors';
import type { ErrorCode, Problem } from '@trunkline/contract/errors';
import { ZodError } from 'zod';
import type { z } from 'zod';
import { AppError } from '../errors.ts';

/** Faults of the connection to PostgreSQL: by node's code, by SQLSTATE class, by the pool's message. */
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  // A statement was cancelled (its time is up), or waited too long for a lock.
  '57014',
  '55P03',
]);
/** SQLSTATE classes: connection, insufficient resources (disk, memory, slots), shutting down or starting up. */
const connectionClasses = /^(08|53|57P)/;

/** The one place where an error becomes an answer (RFC 9457). Unknown errors keep their message to themselves. */
export function problemOf(
  error: unknown,
  requestId: string,
): { problem: Problem; retryAfterSeconds?: number } {
  if (error instanceof AppError) {
    return {
      problem: makeProblem(error.code, error.message, requestId, error.errors),
      ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    };
  }
  if (error instanceof ZodError) {
    const errors = withoutUnions(error.issues)
      .slice(0, 50)
      .map((issue) => ({
        pointer: issue.path
          .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
          .join(''),
        detail: issue.message,
      }));
    const first = errors[0];
    const detail = first
      ? `${first.pointer === '' ? 'The input' : first.pointer}: ${first.detail}`
      : 'The input is not valid.';
    return { problem: makeProblem('invalid_input', detail, requestId, errors) };
  }
  if (isConnectionFault(error)) {
    return {
      problem: makeProblem(
        'database_unavailable',
        'Whether anything was changed is not certain. Try again shortly, with the same idempotency key if you sent one.',
        requestId,
      ),
      retryAfterSeconds: 2,
    };
  }
  return {
    problem: makeProblem('internal', `The fault is in the logs under ${requestId}.`, requestId),
  };
}

/** Of a choice of shapes, the faults of the one whose outer form fits: «no text» instead of «no such shape». */
function withoutUnions(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue];
    const fitting = issue.errors.find(
      (branch) => branch.length > 0 && branch.every(({ path }) => path.length > 0),
    );
    if (!fitting) return [issue];
    return withoutUnions(fitting).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}

/** True for what belongs into the logs as a fault of ours. */
export function isOurFault(error: unknown): boolean {
  return !(error instanceof AppError && error.status < 500) && !(error instanceof ZodError);
}

/** The body of an error answer. */
export function makeProblem(
  code: ErrorCode,
  detail: string,
  requestId: string,
  errors?: Problem['errors'],
): Problem {
  const { status, title } = errorCodes[code];
  return {
    type: `/docs/errors/${code}`,
    title,
    status,
    detail,
    code,
    requestId,
    ...(errors === undefined ? {} : { errors }),
  };
}

function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    connectionCodes.has(code) ||
    connectionClasses.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/.test(
      error.message,
    )
  );
}
