import { afterAll, beforeAll, expect, it } from 'vitest';
import { classify } from '../../providers/classify.ts';
import { slack } from '../../providers/slack.ts';
import { startAdapterWorld } from '../../testing/adapter-world.ts';
import type { AdapterWorld } from '../../testing/adapter-world.ts';

let world: AdapterWorld;
beforeAll(async () => {
  world = await startAdapterWorld();
});
afterAll(() => world.close());

const post = (text: string, channel = '#general') => world.ask('slack', 'chat.post', { channel, text });

it.each([
  ['account_inactive', 'failed', 'reauth'],
  ['token_revoked', 'failed', 'reauth'],
  ['token_expired', 'failed', 'reauth'],
  ['restricted_action', 'failed', 'scope'],
  ['ratelimited', 'failed', 'rateLimit'],
  ['rate_limited', 'failed', 'rateLimit'],
  ['is_archived', 'failed', 'badInput'],
  ['internal_error', 'ambiguous', 'ambiguous'],
  ['fatal_error', 'ambiguous', 'ambiguous'],
])('an answer of Slack with %s is %s, %s', async (error, outcome, fault) => {
  const result = await post(`error: ${error}`);
  expect([result.outcome, result.problem?.fault]).toEqual([outcome, fault]);
});

it.each([
  ['invalid_auth', 'reauth'],
  ['not_authed', 'reauth'],
  ['missing_scope', 'scope'],
  ['no_text', 'badInput'],
  ['msg_too_long', 'badInput'],
  ['channel_not_found', 'config'],
  // What is not known is no outage, so that it is not tried three times.
  ['an_error_of_next_year', 'unknown'],
] as const)('the word %s stands for %s', (text, fault) => {
  expect(classify(slack, { status: 200, text, mayHaveArrived: false }).fault).toBe(fault);
});

it('where nothing was to be changed, nothing is in doubt', () => {
  const failure = { status: 200, text: '{"ok":false,"error":"fatal_error"}', mayHaveArrived: false };
  expect(classify(slack, { ...failure, readOnly: true }).fault).toBe('down');
  expect(classify(slack, failure).fault).toBe('ambiguous');
});
