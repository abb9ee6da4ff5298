import { matchesPattern } from '@trunkline/contract/event-pattern';

/** What the picker needs of a catalog entry. */
export interface CatalogType {
  name: string;
  group: string;
  description: string;
}

export interface CatalogGroup {
  name: string;
  types: CatalogType[];
  /** The patterns that stand for the whole group: `job.*`, or single types where the prefix is shared. */
  patterns: string[];
}

function prefixOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

/**
 * The catalog by group, in its own order. A prefix that another group also uses has no wildcard here, because
 * `job.*` in the group "Custom" would subscribe to all jobs.
 */
export function groupCatalog(catalog: readonly CatalogType[]): CatalogGroup[] {
  const names = [...new Set(catalog.map((type) => type.group))];
  return names.map((name) => {
    const types = catalog.filter((type) => type.group === name);
    const prefixes = [...new Set(types.map((type) => prefixOf(type.name)))];
    const patterns = prefixes.flatMap((prefix) => {
      const shared = catalog.some((type) => prefixOf(type.name) === prefix && type.group !== name);
      return shared
        ? types.filter((type) => prefixOf(type.name) === prefix).map((type) => type.name)
        : [`${prefix}.*`];
    });
    return { name, types, patterns };
  });
}

/** Says whether a selection delivers a type, by itself or by a wildcard. */
export function isCovered(selection: readonly string[], type: string): boolean {
  return selection.some((pattern) => matchesPattern(pattern, type));
}

/** How many types of the catalog a selection delivers. */
export function coveredCount(selection: readonly string[], types: readonly CatalogType[]): number {
  return types.filter((type) => isCovered(selection, type.name)).length;
}

/** Whole when every pattern of the group is selected (or `*`), some when a part of its types is. */
export function groupState(selection: readonly string[], group: CatalogGroup): 'whole' | 'some' | 'none' {
  if (selection.includes('*') || group.patterns.every((pattern) => selection.includes(pattern))) {
    return 'whole';
  }
  return coveredCount(selection, group.types) > 0 ? 'some' : 'none';
}

/** Selects a whole group by its wildcard, or nothing of it. */
export function toggleGroup(selection: readonly string[], group: CatalogGroup): string[] {
  const names = new Set(group.types.map((type) => type.name));
  const rest = selection.filter((pattern) => !names.has(pattern) && !group.patterns.includes(pattern));
  return groupState(selection, group) === 'whole' ? rest : [...rest, ...group.patterns];
}

/**
 * Selects or deselects one type. Taking one type out of a wildcard turns the wildcard into the other types
 * that it stood for, so a type added to the catalog later is no longer included.
 */
export function toggleType(
  selection: readonly string[],
  type: string,
  catalog: readonly CatalogType[],
): string[] {
  if (!isCovered(selection, type)) return [...selection, type];
  const kept = selection.filter((pattern) => !matchesPattern(pattern, type));
  const broken = selection.filter((pattern) => pattern !== type && matchesPattern(pattern, type));
  const others = catalog
    .map((each) => each.name)
    .filter((name) => name !== type && isCovered(broken, name) && !isCovered(kept, name));
  return [...kept, ...others];
}

/** Selected patterns that stand for no entry of the catalog: types and wildcards typed by hand. */
export function unknownPatterns(selection: readonly string[], groups: readonly CatalogGroup[]): string[] {
  const known = new Set(
    groups.flatMap((group) => [...group.types.map((type) => type.name), ...group.patterns]),
  );
  return selection.filter((pattern) => pattern !== '*' && !known.has(pattern));
}

/** An event type to test with: the first that a selection delivers, else the first of the catalog. */
export function testTypeOf(selection: readonly string[], catalog: readonly CatalogType[]): string {
  const covered = catalog.find((type) => isCovered(selection, type.name))?.name;
  return covered ?? selection.find((pattern) => !pattern.includes('*')) ?? catalog[0]?.name ?? 'test.event';
}

/**
 * Types to choose from where deliveries are looked for: those of the catalog that the patterns cover (null: all), what is
 * typed by hand among the patterns, and what is chosen already.
 */
export function eventChoices(
  catalog: readonly CatalogType[],
  patterns: readonly string[] | null,
  chosen: string | undefined,
): string[] {
  const covered = catalog
    .map(({ name }) => name)
    .filter((name) => patterns === null || isCovered(patterns, name));
  const typed = (patterns ?? []).filter((pattern) => !pattern.includes('*'));
  return [...new Set([...covered, ...typed, ...(chosen === undefined ? [] : [chosen])])].toSorted();
}
