import { describe, expect, it } from 'vitest';
import {
  coveredCount,
  eventChoices,
  groupCatalog,
  groupState,
  testTypeOf,
  toggleGroup,
  toggleType,
  unknownPatterns,
} from './event-selection.ts';

const type = (name: string, group: string) => ({ name, group, description: '' });
const catalog = [
  type('job.created', 'Jobs'),
  type('job.updated', 'Jobs'),
  type('job.closed', 'Jobs'),
  type('integration.failed', 'Trunkline'),
  type('webhook.disabled', 'Trunkline'),
  type('order.paid', 'Custom'),
];
const groups = groupCatalog(catalog);
const [jobs, trunkline] = groups;
if (!jobs || !trunkline) throw new Error('The catalog has these groups');

describe('groupCatalog', () => {
  it('gives every prefix of a group its wildcard', () => {
    expect(groups.map((group) => group.patterns)).toEqual([
      ['job.*'],
      ['integration.*', 'webhook.*'],
      ['order.*'],
    ]);
  });

  it('names single types where a prefix belongs to two groups', () => {
    const mixed = groupCatalog([...catalog, type('job.archived', 'Custom')]);
    expect(mixed.map((group) => group.patterns)).toEqual([
      ['job.created', 'job.updated', 'job.closed'],
      ['integration.*', 'webhook.*'],
      ['order.*', 'job.archived'],
    ]);
  });
});

describe('toggleGroup', () => {
  it('replaces single types by the wildcard, and takes the whole group out again', () => {
    const on = toggleGroup(['order.paid', 'job.created'], jobs);
    expect(on).toEqual(['order.paid', 'job.*']);
    expect(groupState(on, jobs)).toBe('whole');
    expect(toggleGroup(on, jobs)).toEqual(['order.paid']);
  });

  it('needs every wildcard of the group', () => {
    expect(groupState(['webhook.*'], trunkline)).toBe('some');
    expect(toggleGroup(['webhook.*'], trunkline)).toEqual(['integration.*', 'webhook.*']);
    expect(groupState(['*'], trunkline)).toBe('whole');
  });
});

describe('toggleType', () => {
  it('adds and removes a single type', () => {
    expect(toggleType([], 'job.created', catalog)).toEqual(['job.created']);
    expect(toggleType(['job.created', 'order.paid'], 'job.created', catalog)).toEqual(['order.paid']);
  });

  it('turns a wildcard into its other types', () => {
    expect(toggleType(['job.*'], 'job.updated', catalog)).toEqual(['job.created', 'job.closed']);
    expect(toggleType(['job.*', '*'], 'job.updated', catalog)).toEqual(
      catalog.map((each) => each.name).filter((name) => name !== 'job.updated'),
    );
  });

  it('does not name what another wildcard still delivers', () => {
    expect(toggleType(['*', 'webhook.*'], 'order.paid', catalog)).toEqual([
      'webhook.*',
      'job.created',
      'job.updated',
      'job.closed',
      'integration.failed',
    ]);
  });
});

describe('what a selection means', () => {
  it('counts the types that it delivers once', () => {
    expect(coveredCount(['job.*', 'job.created', 'order.paid'], catalog)).toBe(4);
  });

  it('finds patterns that the catalog does not have', () => {
    expect(unknownPatterns(['job.*', '*', 'order.refunded', 'shop.*'], groups)).toEqual([
      'order.refunded',
      'shop.*',
    ]);
  });

  it('looks for deliveries of the types that it covers, and of what it named by hand', () => {
    expect(eventChoices(catalog, ['webhook.*', 'order.refunded'], undefined)).toEqual([
      'order.refunded',
      'webhook.disabled',
    ]);
    expect(eventChoices(catalog, ['webhook.*'], 'job.created')).toEqual(['job.created', 'webhook.disabled']);
    expect(eventChoices(catalog, null, undefined)).toHaveLength(catalog.length);
  });

  it('tests with a type that it delivers', () => {
    expect(testTypeOf(['webhook.*'], catalog)).toBe('webhook.disabled');
    expect(testTypeOf(['shop.*', 'shop.opened'], catalog)).toBe('shop.opened');
    expect(testTypeOf([], catalog)).toBe('job.created');
  });
});
