import { renderTable } from '@trunkline/contract/event-types/render';
import { providerCategories, providerGroups } from '@trunkline/contract/provider-categories';
import type { ProviderGroup } from '@trunkline/contract/provider-categories';
import type { HealthCheck, Provider } from '../../providers/provider.ts';
import { categoryOf, filterProviders, isByFiles } from './rules.ts';
import { connectionLabel } from './words.ts';

const none = '–';

const introduction = `# Providers

<!-- Made from packages/server/src/providers. Change them there, then run:
UPDATE_DOCS=1 npx vitest run packages/server/src/modules/catalog/render-providers.test.ts -->

This page is generated from the catalog; \`GET /api/v1/providers\` and \`GET /api/v1/providers/{slug}\` return the same
and more: set-up steps, fields, permissions, what errors mean.`;

const legend = `- **Connects by**: the ways to connect, the recommended one first.
- **Health check**: the read-only proof that the credentials work.
- **Sends here**: the scheme with which what it sends to here is verified, and its algorithm.
- **Files**: exchanges files, because there is no API for it.
- **Evidence** of the facts: \`checked\` in the provider's documents, \`partial\`, or \`recalled\` without a source.`;

const healthWords: Record<Exclude<HealthCheck['kind'], 'http'>, string> = {
  token: 'asks for a token',
  smtp: 'signs in',
  sftp: 'lists the folder',
  local: 'looks at the folder',
  dns: 'looks up DNS',
  form: 'form of the values only',
};

/** The page `docs/providers.md`: what every provider supports, one table a group, in Prettier's own style. */
export function renderProviders(providers: readonly Provider[]): string {
  const sections = Object.entries(providerGroups).map(([group, label]) => {
    const members = filterProviders(providers, { group: group as ProviderGroup }).toSorted(byCategory);
    return `## ${label}\n\n${renderTable(
      ['Provider', 'Category', 'Connects by', 'Health check', 'Sends here', 'Files', 'Evidence'],
      members.map(rowOf),
    )}`;
  });
  return `${[introduction, renderCounts(providers), legend, ...sections].join('\n\n')}\n`;
}

function renderCounts(providers: readonly Provider[]): string {
  const count = (test: (provider: Provider) => boolean) => String(providers.filter(test).length);
  const rows = [
    ['Providers', String(providers.length)],
    ...Object.entries(providerGroups).map(([group, label]) => [
      `in ${label}`,
      count(({ category }) => providerCategories[category].group === group),
    ]),
    ['Categories', String(new Set(providers.map(({ category }) => category)).size)],
    ['connect by OAuth 2.0', count(({ auth }) => auth.some(({ type }) => type === 'oauth2'))],
    ['have more than their form checked', count(({ health }) => health.kind !== 'form')],
    ['send to here', count(({ inbound }) => inbound !== null)],
    ['exchange files', count(isByFiles)],
    ['facts checked', count(({ evidence }) => evidence === 'checked')],
  ];
  return renderTable(['What', 'Count'], rows);
}

/** In the order of the categories, which is that of the screens; names keep theirs within one. */
function byCategory(a: Provider, b: Provider): number {
  const order = Object.keys(providerCategories);
  return order.indexOf(a.category) - order.indexOf(b.category);
}

function rowOf(provider: Provider): string[] {
  const { name, category, auth, health, inbound, evidence } = provider;
  const address = provider.docsUrl ?? provider.website;
  return [
    address === null ? name : `[${name}](${address})`,
    categoryOf(category).label,
    [...new Set(auth.map(connectionLabel))].join(', '),
    health.kind === 'http' ? `\`${health.method} ${health.path}\`` : healthWords[health.kind],
    inbound === null ? none : `\`${inbound.scheme}\` (${inbound.algorithm})`,
    isByFiles(provider) ? 'yes' : none,
    evidence,
  ];
}
