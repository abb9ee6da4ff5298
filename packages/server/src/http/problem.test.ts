import { describe, expect, it } from 'vitest';
import { problemOf } from './problem.ts';

const fault = (message: string, code?: string) => Object.assign(new Error(message), code ? { code } : {});

describe('a fault of the database', () => {
  it.each([
    ['the connection broke', fault('read ECONNRESET', 'ECONNRESET')],
    ['the server shuts down', fault('terminating connection due to administrator command', '57P01')],
    ['the server starts', fault('the database system is starting up', '57P03')],
    ['no slot is free', fault('sorry, too many clients already', '53300')],
    ['the disk is full', fault('could not extend file', '53100')],
    ['a statement took too long', fault('canceling statement due to statement timeout', '57014')],
    ['a lock took too long', fault('canceling statement due to lock timeout', '55P03')],
    ['the pool has no connection', fault('timeout exceeded when trying to connect')],
    ['no answer came', fault('Query read timeout')],
  ])('is answered with 503 and a time to come back: %s', (_what, error) => {
    const { problem, retryAfterSeconds } = problemOf(error, 'req_1');
    expect([problem.status, problem.code, retryAfterSeconds]).toEqual([503, 'database_unavailable', 2]);
  });

  it('is our own when the statement is wrong, and says nothing about it', () => {
    const { problem, retryAfterSeconds } = problemOf(fault('column "x" does not exist', '42703'), 'req_1');
    expect([problem.status, problem.code, retryAfterSeconds]).toEqual([500, 'internal', undefined]);
    expect(problem.detail).not.toContain('column');
  });
});
