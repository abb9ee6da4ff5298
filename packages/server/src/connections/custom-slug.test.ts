import { describe, expect, it } from 'vitest';
import { allProviders } from '../providers/all-providers.ts';
import { customSlug, isCustom } from './custom-slug.ts';

const none = new Set<string>();

describe('customSlug', () => {
  it.each([
    ['Acme Time Tracking', 'custom-acme-time-tracking'],
    ['Ärzte  Post & Co.', 'custom-arzte-post-co'],
    ['日本', 'custom-provider'],
    ['../../etc', 'custom-etc'],
    ['x'.repeat(60) + ' y', `custom-${'x'.repeat(60)}`],
  ])('makes %s into %s', (name, slug) => expect(customSlug(name, none)).toBe(slug));

  it('numbers what is taken', () => {
    expect(customSlug('A', new Set(['custom-a', 'custom-a-2']))).toBe('custom-a-3');
  });
});

describe('isCustom', () => {
  it('tells them from every built-in provider', () => {
    expect(isCustom(customSlug('Slack', none))).toBe(true);
    expect(allProviders.filter(({ slug }) => isCustom(slug))).toEqual([]);
  });
});
