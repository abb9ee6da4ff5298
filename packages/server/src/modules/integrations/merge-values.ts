import type { CredentialSet } from '../../connections/credentials.ts';

/**
 * The set that results when somebody types new values over stored ones: a secret that was not typed stays, everything
 * that is not secret is as it was typed.
 */
export function mergeValues(stored: CredentialSet | null, typed: CredentialSet): CredentialSet {
  if (stored === null) return typed;
  const named = new Set([...Object.keys(typed.plain), ...Object.keys(typed.secrets)]);
  const kept = Object.fromEntries(Object.entries(stored.secrets).filter(([key]) => !named.has(key)));
  const references = Object.fromEntries(
    Object.entries(stored.plain).filter(([key, value]) => !named.has(key) && value.startsWith('env:')),
  );
  return { plain: { ...references, ...typed.plain }, secrets: { ...kept, ...typed.secrets } };
}
