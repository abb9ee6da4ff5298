import { describe, expect, it } from 'vitest';
import { attemptWords } from './attempt-words.ts';

const attempt = { providerName: 'Slack', detail: null, account: null };

describe('attemptWords', () => {
  it('names the provider and the account, and does not claim that it works', () => {
    const words = attemptWords({ ...attempt, state: 'succeeded', account: 'acme.slack.com' });
    expect(words).toEqual({
      tone: 'active',
      title: 'Slack allowed access',
      text: 'The account is acme.slack.com.',
    });
  });

  it('gives the reason of the server where there is one', () => {
    expect(attemptWords({ ...attempt, state: 'failed', detail: 'The client secret is wrong.' })).toEqual({
      tone: 'error',
      title: 'Connecting to Slack did not work',
      text: 'The client secret is wrong.',
    });
  });

  it('says of what was denied or came too late that nothing was connected', () => {
    for (const state of ['denied', 'expired'] as const) {
      expect(attemptWords({ ...attempt, state })).toMatchObject({
        tone: 'degraded',
        text: expect.stringContaining('Nothing was connected'),
      });
    }
  });
});
