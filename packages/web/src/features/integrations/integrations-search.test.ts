import { integrationStatuses } from '@trunkline/contract/integrations';
import { describe, expect, it } from 'vitest';
import { askedStatus, changedSearch, integrationsSearch, isInView } from './integrations-search.ts';

describe('integrationsSearch', () => {
  it('takes what it knows and leaves out the rest', () => {
    const search = { tab: 'available', category: 'crm', state: 'connected', q: 'sales', provider: 'slack' };
    expect(integrationsSearch({ ...search, other: 'x' })).toEqual(search);
    expect(integrationsSearch({ tab: 'x', view: 'y', state: 'z', category: 'toString', q: '' })).toEqual({});
    expect(integrationsSearch({ q: 365 })).toEqual({ q: '365' });
  });
});

describe('changedSearch', () => {
  it('leaves out what is as usual', () => {
    expect(changedSearch({ view: 'errors', q: 'a' }, { view: 'all' })).toEqual({ q: 'a' });
    expect(changedSearch({ tab: 'available' }, { tab: 'connected' })).toEqual({});
    expect(changedSearch({ q: 'a' }, { q: undefined })).toEqual({});
  });

  it('begins anew in another tab', () => {
    const before = { tab: 'available', q: 'mail', category: 'email' } as const;
    expect(changedSearch(before, { tab: 'api' })).toEqual({ tab: 'api' });
    expect(changedSearch(before, { provider: 'gmail' })).toEqual({ ...before, provider: 'gmail' });
    expect(changedSearch({ view: 'errors' }, { tab: 'available' })).toEqual({ tab: 'available' });
  });
});

describe('views of the connected integrations', () => {
  it('show every status in exactly the views that name it', () => {
    const shown = (view: 'all' | 'active' | 'errors' | 'disabled') =>
      integrationStatuses.filter((status) => isInView(view, status));
    expect(shown('all')).toEqual([...integrationStatuses]);
    expect(shown('errors')).toEqual(['error', 'degraded']);
    expect(shown('active')).toEqual(['active']);
    expect(shown('disabled')).toEqual(['disabled']);
    expect(askedStatus('errors')).toBeNull();
    expect(askedStatus('disabled')).toBe('disabled');
  });
});
