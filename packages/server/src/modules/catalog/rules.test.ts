import { providerCategories } from '@trunkline/contract/provider-categories';
import { describe, expect, it } from 'vitest';
import { allProviders, findProvider } from '../../providers/all-providers.ts';
import type { Provider } from '../../providers/provider.ts';
import { countByCategory, filterProviders, searchProviders } from './rules.ts';

const base = findProvider('slack')!;
const provider = (name: string, rest: Partial<Provider> = {}): Provider => ({
  ...base,
  slug: name.toLowerCase().replaceAll(' ', '-'),
  name,
  description: 'Nothing to find.',
  features: ['Nothing'],
  ...rest,
});
const small = [
  provider('Ärzte Post', { category: 'email', features: ['Letters a day'] }),
  provider('Mail Post', { category: 'email', slug: 'mp-7' }),
  provider('Ring', { category: 'sms', description: 'Posts a message.' }),
  provider('Wire', { category: 'payroll' }),
];
const namesFor = (search: string) => searchProviders(small, search).map(({ name }) => name);

describe('searchProviders', () => {
  it('finds by name, slug, category, description and feature, whatever the case', () => {
    expect(namesFor('WIRE')).toEqual(['Wire']);
    expect(namesFor('mp-7')).toEqual(['Mail Post']);
    expect(namesFor('Payroll')).toEqual(['Wire']);
    expect(namesFor('posts a MESSAGE')).toEqual(['Ring']);
    expect(namesFor('letters')).toEqual(['Ärzte Post']);
    expect(namesFor('no such thing')).toEqual([]);
  });

  it('looks through accents and wants every word, in any order', () => {
    expect(namesFor('arzte')).toEqual(['Ärzte Post']);
    expect(namesFor('ÄRZTE')).toEqual(['Ärzte Post']);
    expect(namesFor('  post   MAIL 7 ')).toEqual(['Mail Post']);
    expect(namesFor('post wire')).toEqual([]);
  });

  it('puts names that begin with it first, then names that have it, then the rest', () => {
    const some = [
      provider('Able', { description: 'Sends mail.' }),
      provider('Big Mail'),
      provider('Mail One'),
      provider('Zoo', { features: ['Mail'] }),
      provider('Mail Two'),
    ];
    expect(searchProviders(some, 'mail').map(({ name }) => name)).toEqual([
      'Mail One',
      'Mail Two',
      'Big Mail',
      'Able',
      'Zoo',
    ]);
  });

  it('takes a search that is being typed, and signs that mean something in a pattern', () => {
    expect(namesFor('')).toEqual(small.map(({ name }) => name));
    expect(namesFor('  ')).toEqual(small.map(({ name }) => name));
    for (const part of ['w', 'wi', 'wir', 'wire']) expect(namesFor(part)).toContain('Wire');
    expect(namesFor('.*')).toEqual([]);
    expect(namesFor('(')).toEqual([]);
  });

  it('does not find the words of a group', () => {
    expect(namesFor('communication')).toEqual([]);
  });
});

describe('filterProviders', () => {
  it('takes a category, a group, both, or any', () => {
    const names = (filter: Parameters<typeof filterProviders>[1]) =>
      filterProviders(small, filter).map(({ name }) => name);
    expect(names({})).toHaveLength(4);
    expect(names({ category: 'email' })).toEqual(['Ärzte Post', 'Mail Post']);
    expect(names({ group: 'hr' })).toEqual(['Wire']);
    expect(names({ category: 'email', group: 'hr' })).toEqual([]);
  });
});

describe('countByCategory', () => {
  it('counts what was found and keeps categories without a match, in the order of the screens', () => {
    const counts = countByCategory(small, searchProviders(small, 'post'));
    expect(counts.map(({ key, count }) => [key, count])).toEqual([
      ['email', 2],
      ['payroll', 0],
      ['sms', 1],
    ]);
    expect(counts[1]).toEqual({
      key: 'payroll',
      label: 'Payroll',
      group: { key: 'hr', label: 'HR and payroll' },
      count: 0,
    });
  });

  it('adds up to the whole catalog', () => {
    const counts = countByCategory(allProviders, allProviders);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(allProviders.length);
    const order = Object.keys(providerCategories);
    const keys = counts.map(({ key }) => key);
    expect(keys).toEqual(order.filter((key) => (keys as string[]).includes(key)));
  });
});
