import { describe, expect, it } from 'vitest';
import { integrationSearch, partHref } from './integration-search.ts';

describe('integrationSearch', () => {
  it('keeps what it knows', () => {
    expect(integrationSearch({ tab: 'settings', other: 1 })).toEqual({ tab: 'settings' });
    expect(integrationSearch({ tab: 'credentials', edit: 'true' })).toEqual({
      tab: 'credentials',
      edit: true,
    });
  });

  it('begins to troubleshoot on the health tab only', () => {
    expect(integrationSearch({ tab: 'health', troubleshoot: 'true' })).toEqual({
      tab: 'health',
      troubleshoot: true,
    });
    expect(integrationSearch({ tab: 'settings', troubleshoot: true })).toEqual({ tab: 'settings' });
  });

  it('begins to connect again on any part', () => {
    expect(integrationSearch({ reconnect: 'true' })).toEqual({ reconnect: true });
    expect(integrationSearch({ reconnect: 'no' })).toEqual({});
  });

  it('leaves out what is as usual or unknown', () => {
    expect(integrationSearch({ tab: 'overview', edit: true })).toEqual({});
    expect(integrationSearch({ tab: 'secrets' })).toEqual({});
    expect(integrationSearch({ tab: 'settings', edit: true })).toEqual({ tab: 'settings' });
  });
});

it('writes addresses that it reads', () => {
  expect(partHref('7', {})).toBe('/integrations/7');
  const address = new URL(partHref('7', { tab: 'permissions', edit: true }), 'https://example.com');
  expect(address.pathname).toBe('/integrations/7');
  expect(integrationSearch(Object.fromEntries(address.searchParams))).toEqual({
    tab: 'permissions',
    edit: true,
  });
});
