import { describe, expect, it } from 'vitest';
import { changedInput, draftValues, hasChanges, inputOf, valuesOf } from './webhook-form.ts';

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
    expect(values.retry).toEqual({
      retryStrategy: 'linear',
      maxRetries: 7,
      initialDelaySeconds: 30,
      maxDelaySeconds: 600,
      enableJitter: false,
    });
    expect(inputOf(values).retry).toBeNull();
  });
});

describe('draftValues', () => {
  it('fills in what an address names and leaves the rest', () => {
    const values = draftValues(start, { name: 'Zap', events: 'job.created,job.closed' });
    expect(values).toEqual({ ...start, name: 'Zap', events: ['job.created', 'job.closed'] });
    expect(draftValues(start, {})).toEqual(start);
  });
});

describe('changedInput', () => {
  it('holds nothing when nothing but spaces changed', () => {
    expect(changedInput(start, { ...start, name: ' CRM ' })).toEqual({});
    expect(hasChanges(start, { ...start, name: ' CRM ' })).toBe(false);
  });

  it('holds the changed fields only, an emptied description as null', () => {
    const before = { ...start, description: 'Old' };
    expect(changedInput(before, { ...before, description: ' ', active: false })).toEqual({
      description: null,
      status: 'disabled',
    });
  });

  it('holds the changed settings of the flow only', () => {
    const after = { ...start, flow: { ...start.flow, ratePerSecond: 20 } };
    expect(changedInput(start, after)).toEqual({ flow: { ratePerSecond: 20 } });
    expect(hasChanges(after, start)).toBe(true);
  });

  it('goes back to the policy of the organization with null', () => {
    const before = { ...start, ownRetry: true };
    expect(changedInput(before, { ...before, ownRetry: false })).toEqual({ retry: null });
    expect(changedInput(start, before)).toEqual({ retry: start.retry });
  });
});
