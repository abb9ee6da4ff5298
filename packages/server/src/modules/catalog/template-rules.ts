import { templateSources } from '@trunkline/contract/templates';
import type { Template, TemplateSource } from '@trunkline/contract/templates';

/** A provider that the organization finds, with its integrations of it that were connected. */
export interface FoundProvider {
  slug: string;
  name: string;
  connected: number;
}

/** The templates that can be carried out with these providers, in their order. */
export function presentTemplates(providers: readonly FoundProvider[]): Template[] {
  const bySlug = new Map(providers.map((provider) => [provider.slug, provider]));
  const found = (slugs: readonly string[]): FoundProvider[] =>
    slugs.flatMap((slug) => bySlug.get(slug) ?? []);
  return templateSources.flatMap((source) => {
    const needs = source.needs === undefined ? null : found(source.needs);
    const makes = presentMakes(source.makes, found);
    if (makes === null || needs?.length === 0) return [];
    const { slug, title, description, steps } = source;
    const met = needs?.some(({ connected }) => connected > 0) ?? true;
    return [
      { slug, title, description, steps: [...steps], needs: needs && { met, providers: needs }, makes },
    ];
  });
}

/** Null when there is a purpose for which no provider is left. */
function presentMakes(
  makes: TemplateSource['makes'],
  found: (slugs: readonly string[]) => FoundProvider[],
): Template['makes'] | null {
  if (makes.kind === 'webhook') {
    const { kind, name, events, description, urlHint, urlExample } = makes;
    return { kind, webhook: { name, events: [...events], description }, urlHint, urlExample };
  }
  const choices = makes.choices.map(({ purpose, providers }) => ({ purpose, providers: found(providers) }));
  if (choices.some(({ providers }) => providers.length === 0)) return null;
  return { kind: 'connections', choices, done: isDone(choices) };
}

/** Says whether every purpose has an integration of its own: one integration does not stand for two purposes. */
function isDone(choices: readonly { providers: readonly FoundProvider[] }[]): boolean {
  return choices.every(({ providers }, index) => {
    const alike = choices.slice(0, index + 1).filter((other) => sharesProvider(other.providers, providers));
    return providers.reduce((sum, { connected }) => sum + connected, 0) >= alike.length;
  });
}

function sharesProvider(a: readonly FoundProvider[], b: readonly FoundProvider[]): boolean {
  return a.some(({ slug }) => b.some((other) => other.slug === slug));
}
