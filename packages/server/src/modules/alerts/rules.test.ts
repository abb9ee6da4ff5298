import { alertRuleKeys } from '@trunkline/contract/alert-rules';
import { describe, expect, it } from 'vitest';
import { actionsFor, channelsFor, groupOf, requireGoodThreshold, ruleOf, worse } from './rules.ts';
import type { RoutedChannel } from './rules.ts';
import { downTitle, wordsOf } from './words.ts';

const channels: RoutedChannel[] = [
  { id: 'ops', enabled: true, severities: ['critical', 'warning'] },
  { id: 'boss', enabled: true, severities: ['critical'] },
  { id: 'off', enabled: false, severities: ['critical', 'warning', 'info'] },
];
const ids = (found: readonly RoutedChannel[]) => found.map(({ id }) => id);

describe('channelsFor', () => {
  it('goes by severity unless the rule names channels', () => {
    expect(ids(channelsFor(channels, { channels: null }, 'critical', 'x'))).toEqual(['ops', 'boss']);
    expect(ids(channelsFor(channels, { channels: null }, 'warning', 'x'))).toEqual(['ops']);
    expect(ids(channelsFor(channels, { channels: null }, 'info', 'x'))).toEqual([]);
    expect(ids(channelsFor(channels, { channels: ['boss', 'off'] }, 'info', 'x'))).toEqual(['boss']);
    expect(ids(channelsFor(channels, { channels: [] }, 'critical', 'x'))).toEqual([]);
  });

  it('tells no channel of its own failure', () => {
    expect(ids(channelsFor(channels, { channels: null }, 'critical', 'ops'))).toEqual(['boss']);
  });
});

it('takes what an organization has set, else the default', () => {
  expect(ruleOf('slow_responses', undefined)).toEqual({
    rule: 'slow_responses',
    enabled: true,
    severity: 'warning',
    threshold: 3_000,
    channels: null,
  });
  expect(ruleOf('slow_responses', { enabled: false, threshold: 500 })).toMatchObject({
    enabled: false,
    threshold: 500,
  });
  expect(ruleOf('failover', { threshold: 5 })).toMatchObject({ threshold: null });
});

it('refuses numbers that a rule does not have or that are out of bounds', () => {
  expect(() => requireGoodThreshold('slow_responses', 100)).not.toThrow();
  expect(() => requireGoodThreshold('slow_responses', 99)).toThrow('from 100 to 60000');
  expect(() => requireGoodThreshold('failover', 1)).toThrow('no number');
});

it('puts together what has the same rule at the same provider or host', () => {
  expect(groupOf('integration_failing', 'twilio')).toBe('integration_failing:twilio');
  expect(groupOf('webhook_failing', 'https://a.example/one')).toBe(
    groupOf('webhook_failing', 'https://a.example/two'),
  );
});

it('keeps the worse of two severities', () => {
  expect([worse('info', 'critical'), worse('warning', 'info'), worse('critical', 'warning')]).toEqual([
    'critical',
    'warning',
    'critical',
  ]);
});

it('has one to three acts and whole words for every rule', () => {
  for (const rule of alertRuleKeys) {
    const actions = actionsFor(rule, { type: 'integration', id: '1' }, 'down', true);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.length).toBeLessThan(4);
    const words = wordsOf({ rule, subjectName: 'Mail', data: {} }, undefined);
    for (const text of [words.title, words.impact]) expect(text).not.toMatch(/undefined|NaN|^$/);
    expect(words.title).toContain('Mail');
  }
});

it('offers to connect again what ended, and to look at what is down', () => {
  const keys = (fault: 'reauth' | 'down', byConsent: boolean) =>
    actionsFor('integration_failing', { type: 'integration', id: '1' }, fault, byConsent).map(
      ({ key }) => key,
    );
  expect(keys('down', true)).toEqual(['troubleshoot', 'view_logs', 'reconnect']);
  expect(keys('reauth', true)[0]).toBe('reconnect');
  expect(keys('reauth', false)[0]).toBe('update_credentials');
  expect(actionsFor('token_expiring', { type: 'integration', id: '1' }, null, true)).toEqual([
    { key: 'reconnect', href: '/integrations/1?reconnect=true' },
  ]);
});

it('says for how long something has been down', () => {
  expect(downTitle('Mail', 15)).toBe('Mail has been down for 15 minutes');
  expect(downTitle('Mail', 200)).toBe('Mail has been down for 3 hours');
});

it('names a limit on calls as people say it', () => {
  const cause = (limit: number, window: string) =>
    wordsOf({ rule: 'throttled', subjectName: 'Mail', data: { limit, window } }, undefined).cause;
  expect(cause(1, 'day')).toBe('The limit of 1 call a day is reached.');
  expect(cause(1_000, 'hour')).toBe('The limit of 1,000 calls an hour is reached.');
  expect(cause(20, 'second')).toBe('The limit of 20 calls a second is reached.');
});
