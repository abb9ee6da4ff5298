import { attemptErrorCodes } from '@trunkline/contract/deliveries';
import { describe, expect, it } from 'vitest';
import { errorLabel, failureWords } from './failure-words.ts';

describe('failureWords', () => {
  it('has words and a label for every error code', () => {
    for (const code of attemptErrorCodes) {
      const { what, cause, fix } = failureWords(code, 500);
      expect(what).not.toBe('');
      expect(cause).toMatch(/\.$/);
      expect(['url', 'secret', 'receiver']).toContain(fix);
      expect(errorLabel(code, 500)).not.toBe('');
    }
  });

  it.each([
    [401, 'secret'],
    [404, 'url'],
    [302, 'url'],
    [429, 'receiver'],
    [503, 'receiver'],
    [418, 'receiver'],
  ])('sends somebody with %i to the %s', (status, fix) => {
    expect(failureWords('http_error', status)).toMatchObject({ what: `answers ${status}`, fix });
  });
});
