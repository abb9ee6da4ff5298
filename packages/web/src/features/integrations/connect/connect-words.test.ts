import type { ProviderConnection } from '@trunkline/contract/catalog';
import { describe, expect, it } from 'vitest';
import { askedScopes, evidenceWords, hostOf, needsApp, startScopes } from './connect-words.ts';

const scope = (name: string, required: boolean) => ({ scope: name, means: name, required });
const connection = {
  type: 'oauth2',
  oauth2: { grant: 'authorization_code', pkce: true, scopes: [scope('b', false), scope('a', true)] },
} as unknown as ProviderConnection;

describe('scopes', () => {
  it('are all ticked at first', () => {
    expect([...startScopes(connection)]).toEqual(['b', 'a']);
  });

  it('always hold the required ones, in the order of the provider', () => {
    expect(askedScopes(connection, new Set())).toEqual(['a']);
    expect(askedScopes(connection, new Set(['b']))).toEqual(['b', 'a']);
    expect(askedScopes({ ...connection, oauth2: null }, new Set(['b']))).toEqual([]);
  });
});

describe('hostOf', () => {
  it('fills in what is typed', () => {
    expect(hostOf('https://slack.com/oauth/v2/authorize', {})).toBe('slack.com');
    expect(hostOf('https://{domain}/authorize', { domain: ' acme.my.salesforce.com ' })).toBe(
      'acme.my.salesforce.com',
    );
  });

  it('knows nothing before it is typed', () => {
    expect(hostOf('https://{domain}/authorize', {})).toBeNull();
    expect(hostOf(null, {})).toBeNull();
  });
});

describe('words of a connection', () => {
  it('say how sure the facts are', () => {
    expect(evidenceWords({ evidence: 'checked', name: 'Slack' })).toBeNull();
    expect(evidenceWords({ evidence: 'partial', name: 'Slack' })).toContain('Not every detail');
    expect(evidenceWords({ evidence: 'recalled', name: 'Slack' })).toContain('not confirmed');
  });

  it('know which need an app at the provider', () => {
    expect(
      ['oauth2', 'client_credentials', 'api_key', 'smtp'].map((type) => needsApp(type as 'smtp')),
    ).toEqual([true, true, false, false]);
  });
});
