import { alertRuleDefaults, alertRuleKeys } from '@trunkline/contract/alert-rules';
import type { Alert } from '@trunkline/contract/alerts';
import { expect, it } from 'vitest';
import { groupAlerts, lastingText, routingText, ruleSentences } from './alert-words.ts';

const alert = (id: string, group: string) => ({ id, group }) as Alert;

it('puts more than three alerts of one kind into one line, in their order', () => {
  const alerts = [alert('1', 'a'), ...['2', '3', '4', '5'].map((id) => alert(id, 'b')), alert('6', 'a')];
  expect(groupAlerts(alerts).map(({ first, rest }) => [first.id, ...rest.map(({ id }) => id)])).toEqual([
    ['1'],
    ['2', '3', '4', '5'],
    ['6'],
  ]);
});

it('has a sentence for every rule, with a place for its number where it has one', () => {
  for (const rule of alertRuleKeys) {
    expect([rule, ruleSentences[rule].after !== undefined]).toEqual([
      rule,
      alertRuleDefaults[rule].threshold !== null,
    ]);
  }
});

it('says how long something lasts', () => {
  expect([20_000, 60_000, 7_200_000, 172_800_000].map(lastingText)).toEqual([
    'under a minute',
    '1 min',
    '2 h',
    '2 days',
  ]);
});

it('says whom a rule without a channel of its own tells', () => {
  const pager = { name: 'Pager', enabled: true, severities: ['critical', 'warning'] as const };
  const mail = { name: 'Mail', enabled: true, severities: ['critical'] as const };
  const off = { name: 'Off', enabled: false, severities: ['critical', 'warning', 'info'] as const };
  const channels = [pager, mail, off].map((each) => ({ ...each, severities: [...each.severities] }));
  const text = (named: string[] | null, severity: 'critical' | 'warning' | 'info', known = true) =>
    routingText({ channels: named, severity }, known ? channels : undefined);
  expect(text(null, 'critical')).toBe('By severity: 2 channels');
  expect(text(null, 'warning')).toBe('By severity: Pager');
  expect(text(null, 'info')).toBe('By severity: on screen only');
  expect(text([], 'critical')).toBe('On screen only');
  // Its own channels stand there as soon as they are known, and until then nothing wrong does.
  expect([text(['pager'], 'info'), text(null, 'info', false)]).toEqual(['', '']);
});
