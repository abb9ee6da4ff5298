import { describe, expect, it } from 'vitest';
import { hrefOf } from './runbook-links.ts';
import { stateWords } from './runbook-words.ts';

describe('the state of a category', () => {
  it.each([
    [0, 0, 'Nothing connected'],
    [1, 0, 'Works'],
    [3, 0, 'All 3 work'],
    [1, 1, 'Does not work'],
    [2, 1, '1 of 2 integrations does not work'],
    [3, 2, '2 of 3 integrations do not work'],
  ])('of %i integrations with %i errors: %s', (integrations, errors, words) => {
    expect(stateWords({ integrations, errors })).toBe(words);
  });
});

describe('a link of a runbook', () => {
  const link = { label: '', integrationId: null, url: null };
  it('leads to the part of an integration, to a page of ours, or outside', () => {
    expect(hrefOf({ ...link, target: 'health', integrationId: '1' })).toEqual({
      href: '/integrations/1?tab=health',
      outside: false,
    });
    expect(hrefOf({ ...link, target: 'test', integrationId: '1' }).href).toBe('/integrations/1');
    expect(hrefOf({ ...link, target: 'audit' }).href).toBe('/audit');
    expect(hrefOf({ ...link, target: 'failover' }).href).toBe('/integrations');
    expect(hrefOf({ ...link, target: 'statusPage', integrationId: '1', url: 'https://s.example' })).toEqual({
      href: 'https://s.example',
      outside: true,
    });
  });
});
