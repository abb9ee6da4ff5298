import type { ConnectionType, ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';

/** Whether a connection needs an app of the organization at the provider, with its client id and secret. */
export function needsApp(type: ConnectionType): boolean {
  return type === 'oauth2' || type === 'client_credentials';
}

/** The scopes that are ticked when a dialog opens: all of them, so that every feature works. */
export function startScopes(connection: ProviderConnection): ReadonlySet<string> {
  return new Set(connection.oauth2?.scopes.map(({ scope }) => scope));
}

/** The scopes to ask for, in the order of the provider's list. */
export function askedScopes(connection: ProviderConnection, chosen: ReadonlySet<string>): string[] {
  const scopes = connection.oauth2?.scopes ?? [];
  return scopes.filter(({ scope, required }) => required || chosen.has(scope)).map(({ scope }) => scope);
}

/** How sure the facts on the page are; null when they were read in the provider's documents. */
export function evidenceWords({ evidence, name }: Pick<ProviderDetail, 'evidence' | 'name'>): string | null {
  if (evidence === 'checked') return null;
  const which = evidence === 'partial' ? 'Not every detail here was' : 'The details here were not';
  return `${which} confirmed in the documents of ${name}. If something differs, trust the provider; the test shows what really works.`;
}

/** The host to which the browser is sent, with the values that are typed filled in; null when not known yet. */
export function hostOf(address: string | null, values: Readonly<Record<string, string>>): string | null {
  if (address === null) return null;
  let isKnown = true;
  const filled = address.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = values[key]?.trim() ?? '';
    isKnown &&= value !== '';
    return value;
  });
  if (!isKnown) return null;
  try {
    return new URL(filled).host || null;
  } catch {
    return null;
  }
}
