import { renderTable } from '@trunkline/contract/event-types/render';
import { providerCategories, providerGroups } from '@trunkline/contract/provider-categories';
import type { ProviderGroup } from '@trunkline/contract/provider-categories';
import type { Auth, HealthCheck, Provider } from '../../providers/provider.ts';
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

const supportLegend = `What the product does with each, from the same definitions:

- **Connects**: by a person's consent in the browser, by keys that somebody enters, by files; some only send to here.
- **Health check**: \`yes\` when something is really asked, \`form\` when only the form of the values can be looked at.
- **Refresh**: the access token is renewed without anybody's help. **Revoke**: disconnecting ends it at the provider, too.
- **Sends here**: what it sends can be verified. **Files**: files instead of an API.`;

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
  const support = `## What each supports\n\n${supportLegend}\n\n${renderTable(
    ['Provider', 'Connects', 'Health check', 'Refresh', 'Revoke', 'Sends here', 'Files'],
    providers.map(supportOf),
  )}`;
  return `${[introduction, renderCounts(providers), legend, ...sections, support].join('\n\n')}\n`;
}

/** What the product does with a provider, a word a cell. */
function supportOf(provider: Provider): string[] {
  const { name, auth, health, inbound } = provider;
  const oauth2 = auth.filter((each) => each.type === 'oauth2');
  const yes = (holds: boolean) => (holds ? 'yes' : none);
  return [
    name,
    [...new Set(auth.map(waysOf))].join(', '),
    health.kind === 'form' ? 'form' : 'yes',
    yes(oauth2.some(({ refreshable, grant }) => refreshable || grant === 'client_credentials')),
    yes(oauth2.some(({ revokeUrl }) => revokeUrl !== null)),
    yes(inbound !== null),
    yes(isByFiles(provider)),
  ];
}

function waysOf(auth: Auth): string {
  switch (auth.type) {
    case 'oauth2':
      return auth.grant === 'authorization_code' ? 'consent' : 'keys';
    case 'sftp':
    case 'manual':
      return 'files';
    case 'local':
      return 'folder';
    case 'inbound':
      return 'only sends';
    default:
      return 'keys';
  }
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
