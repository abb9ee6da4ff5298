import { describe, expect, it } from 'vitest';
import { changedInput, inputOf, typedPolicy, valuesOf } from './webhook-form.ts';

const start = { ...valuesOf(null, undefined), name: 'CRM', url: 'https://a.example', events: ['job.*'] };

describe('valuesOf', () => {
  it('offers the policy of the organization to a webhook without its own', () => {
    const organization = {
      retryStrategy: 'linear' as const,
      maxRetries: 7,
      initialDelaySeconds: 30,
      maxDelaySeconds: 600,
      enableJitter: false,
      fixedDelaySeconds: 30,
      enableDlq: true,
      dlqRetentionDays: 7,
    };
    const values = valuesOf(null, organization);
    expect(values.ownRetry).toBe(false);
    expect(typedPolicy(values.retry)).toMatchObject({ retryStrategy: 'linear', maxRetries: 7 });
    expect(inputOf(values).retry).toBeNull();
  });
});

describe('typedPolicy', () => {
  it.each([
    ['maxRetries', ''],
    ['maxRetries', 11],
    ['initialDelaySeconds', 0],
    ['maxDelaySeconds', 1.5],
    ['maxDelaySeconds', 604_801],
  ])('refuses %s = %j', (field, value) => {
    expect(typedPolicy({ ...start.retry, [field]: value })).toBeNull();
  });
});

describe('changedInput', () => {
  it('holds nothing when nothing but spaces changed', () => {
    expect(changedInput(start, { ...start, name: ' CRM ' })).toEqual({});
  });

  it('holds the changed fields only, an emptied description as null', () => {
    const before = { ...start, description: 'Old' };
    expect(changedInput(before, { ...before, description: ' ', active: false })).toEqual({
      description: null,
      status: 'disabled',
    });
  });

  it('goes back to the policy of the organization with null', () => {
    const before = { ...start, ownRetry: true };
    expect(changedInput(before, { ...before, ownRetry: false })).toEqual({ retry: null });
    expect(changedInput(start, before)).toEqual({ retry: typedPolicy(start.retry) });
  });
});
