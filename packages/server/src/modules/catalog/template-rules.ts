import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { templateSources } from '@trunkline/contract/templates';
import type { Template, TemplateSource } from '@trunkline/contract/templates';

/** A provider as templates show it, with its integrations that were connected. */
interface ShownProvider {
  slug: string;
  name: string;
  connected: number;
}

/** A provider that the organization finds. */
export interface FoundProvider extends ShownProvider {
  /** What it can be asked to do. */
  offers: readonly CapabilityName[];
}

/** The templates that can be carried out with these providers, in their order. */
export function presentTemplates(providers: readonly FoundProvider[]): Template[] {
  const bySlug = new Map(providers.map((provider) => [provider.slug, shown(provider)]));
  const found = (slugs: readonly string[]): ShownProvider[] =>
    slugs.flatMap((slug) => bySlug.get(slug) ?? []);
  const able = (capability: CapabilityName): ShownProvider[] =>
    providers.filter(({ offers }) => offers.includes(capability)).map(shown);
  return templateSources.flatMap((source) => {
    const needs = source.needs === undefined ? null : found(source.needs);
    const makes = presentMakes(source.makes, found, able);
    if (makes === null || needs?.length === 0) return [];
    const { slug, title, description, steps } = source;
    const met = needs?.some(({ connected }) => connected > 0) ?? true;
    return [
      { slug, title, description, steps: [...steps], needs: needs && { met, providers: needs }, makes },
    ];
  });
}

const shown = ({ slug, name, connected }: FoundProvider): ShownProvider => ({ slug, name, connected });

/** Null when there is a purpose for which no provider is left. */
function presentMakes(
  makes: TemplateSource['makes'],
  found: (slugs: readonly string[]) => ShownProvider[],
  able: (capability: CapabilityName) => ShownProvider[],
): Template['makes'] | null {
  if (makes.kind === 'webhook') {
    const { kind, name, events, description, urlHint, urlExample } = makes;
    return { kind, webhook: { name, events: [...events], description }, urlHint, urlExample };
  }
  if (makes.kind === 'automation') {
    const { name, trigger, steps } = makes.automation;
    const needed = [...new Set(steps.map(({ capability }) => capability))].map((capability) => ({
      capability,
      label: capabilities[capability].label,
      connected: able(capability).some(({ connected }) => connected > 0),
      providers: able(capability),
    }));
    if (needed.some(({ providers }) => providers.length === 0)) return null;
    return { kind: makes.kind, automation: { name, trigger, steps }, capabilities: needed };
  }
  const choices = makes.choices.map(({ purpose, providers }) => ({ purpose, providers: found(providers) }));
  if (choices.some(({ providers }) => providers.length === 0)) return null;
  return { kind: 'connections', choices, done: isDone(choices) };
}

/** Says whether every purpose has an integration of its own: one integration does not stand for two purposes. */
function isDone(choices: readonly { providers: readonly ShownProvider[] }[]): boolean {
  return choices.every(({ providers }, index) => {
    const alike = choices.slice(0, index + 1).filter((other) => sharesProvider(other.providers, providers));
    return providers.reduce((sum, { connected }) => sum + connected, 0) >= alike.length;
  });
}

function sharesProvider(a: readonly ShownProvider[], b: readonly ShownProvider[]): boolean {
  return a.some(({ slug }) => b.some((other) => other.slug === slug));
}
