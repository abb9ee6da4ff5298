import type { CatalogCategory } from '@trunkline/contract/catalog';
import { providerCategories, providerGroups } from '@trunkline/contract/provider-categories';
import type { ProviderCategory, ProviderGroup } from '@trunkline/contract/provider-categories';
import type { Provider } from '../../providers/provider.ts';

/** Every category with its words and those of its group, in the order of the screens. */
const categories = Object.entries(providerCategories).map(([key, { label, group }]): CatalogCategory => ({
  key: key as ProviderCategory,
  label,
  group: { key: group, label: providerGroups[group] },
}));
const categoryByKey = new Map(categories.map((category) => [category.key, category]));

/** A category with its words and its group. */
export function categoryOf(key: ProviderCategory): CatalogCategory {
  const category = categoryByKey.get(key);
  if (!category) throw new Error(`there is no category ${key}`);
  return category;
}

/** Says whether a provider exchanges files, because it has no API for what it does (CAT-4). */
export function isByFiles(provider: Provider): boolean {
  return provider.exchange !== null;
}

/**
 * The providers in which every word of the search occurs, whatever its case and accents: those whose name begins with
 * the search first, then those whose name has all the words, then the rest, each in the order that they came in. An
 * empty search finds all.
 */
export function searchProviders(providers: readonly Provider[], search: string): readonly Provider[] {
  const whole = fold(search).trim();
  if (whole === '') return providers;
  const words = whole.split(/\s+/);
  const hasAll = (text: string) => words.every((word) => text.includes(word));
  const ranks: [Provider[], Provider[], Provider[]] = [[], [], []];
  for (const provider of providers) {
    const name = fold(provider.name);
    if (!hasAll(fold(searchedText(provider)))) continue;
    ranks[name.startsWith(whole) ? 0 : hasAll(name) ? 1 : 2].push(provider);
  }
  return ranks.flat();
}

/** What is searched, a part a line. The group is not in it: "payroll" would find everything of HR. */
function searchedText(provider: Provider): string {
  const { name, slug, category, description, features } = provider;
  return [name, slug, category, categoryOf(category).label, description, ...features].join('\n');
}

/** Without case and accents. */
function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** The providers of a category and of a group; undefined takes any. */
export function filterProviders(
  providers: readonly Provider[],
  filter: { category?: ProviderCategory | undefined; group?: ProviderGroup | undefined },
): Provider[] {
  return providers.filter(
    ({ category }) =>
      (filter.category === undefined || category === filter.category) &&
      (filter.group === undefined || providerCategories[category].group === filter.group),
  );
}

/**
 * How many of the found providers each category has. A category stays with a count of 0 while the catalog has a
 * provider of it, so that chips do not jump while somebody types.
 */
export function countByCategory(
  catalog: readonly Provider[],
  found: readonly Provider[],
): (CatalogCategory & { count: number })[] {
  const inUse = new Set(catalog.map((provider) => provider.category));
  return categories
    .filter(({ key }) => inUse.has(key))
    .map((category) => ({
      ...category,
      count: found.filter((provider) => provider.category === category.key).length,
    }));
}
