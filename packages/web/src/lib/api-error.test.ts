import { describe, expect, it } from 'vitest';
import { ApiError, toApiError } from './api-error.ts';

describe('toApiError', () => {
  it('reads the problem of a tRPC error', () => {
    const error = toApiError({
      data: {
        problem: {
          type: 'x',
          title: 'x',
          status: 429,
          code: 'too_many_sign_ins',
          detail: 'Too many attempts.',
          requestId: 'req_1',
        },
      },
      meta: { response: new Response('', { headers: { 'retry-after': '720' } }) },
    });
    expect(error).toMatchObject({
      code: 'too_many_sign_ins',
      detail: 'Too many attempts.',
      requestId: 'req_1',
      retryAfterSeconds: 720,
      errors: [],
    });
  });

  it('reads the problem of a session that is over, which no procedure has answered', () => {
    const problem = {
      type: 'x',
      title: 'x',
      status: 401,
      code: 'unauthenticated',
      detail: 'Over.',
      requestId: 'r',
    };
    const answered = (status: number) =>
      toApiError({ meta: { response: new Response('', { status }), responseJSON: problem } }).code;
    expect([answered(401), answered(502)]).toEqual(['unauthenticated', 'unreachable']);
  });

  it('calls anything else unreachable, without its words', () => {
    const error = toApiError(new TypeError('fetch failed: 10.0.0.1'));
    expect(error.code).toBe('unreachable');
    expect(error.detail).not.toContain('10.0.0.1');
  });

  it('keeps an ApiError as it is', () => {
    const error = new ApiError({ code: 'conflict', detail: 'x' });
    expect(toApiError(error)).toBe(error);
  });
});
