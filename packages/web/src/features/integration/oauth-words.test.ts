import { describe, expect, it } from 'vitest';
import { appWords, expiryWords, refreshWords } from './oauth-words.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const token = {
  connected: true,
  expiresAt: '2026-11-28T12:42:00.000Z',
  autoRefresh: true,
  needsReauthentication: false,
};

describe('expiryWords', () => {
  it('gives both the distance and the time', () => {
    expect(expiryWords(token, now)).toMatch(/^in 42 min \(28 Nov 2026, .+\)$/);
  });

  it('does not call a renewable token lost', () => {
    const late = { ...token, expiresAt: '2026-11-28T11:55:00.000Z' };
    expect(expiryWords(late, now)).toMatch(/^Expired 5 min ago .*renewed at the next use$/);
    expect(expiryWords({ ...late, autoRefresh: false }, now)).not.toContain('renewed');
  });

  it('knows tokens without an end, and none', () => {
    expect(expiryWords({ ...token, expiresAt: null }, now)).toBe('It does not expire');
    expect(expiryWords({ ...token, connected: false }, now)).toBe('No token yet');
    expect(expiryWords({ ...token, needsReauthentication: true }, now)).not.toContain('min');
  });
});

describe('refreshWords', () => {
  it('says whether anybody has to do something', () => {
    expect(refreshWords(token)).toMatch(/^On/);
    expect(refreshWords({ ...token, autoRefresh: false })).toMatch(/^Off/);
    expect(refreshWords({ ...token, autoRefresh: false, expiresAt: null })).toBe('Not needed');
    expect(refreshWords({ ...token, needsReauthentication: true })).toMatch(/^Stopped/);
    expect(refreshWords({ ...token, connected: false })).toBeNull();
  });
});

it('names whose app it is', () => {
  expect(appWords('organization', 'Slack').text).toContain('Slack');
  expect(appWords('instance', 'Slack').title).toContain('installation');
  expect(appWords(null, 'Slack').text).toContain('Without an app');
});
