import { addressKeys } from '../../connections/address-keys.ts';
import { referredVariable } from '../../connections/credentials.ts';
import type { CredentialSet } from '../../connections/credentials.ts';
import { AppError } from '../../errors.ts';
import type { Auth, Provider } from '../../providers/provider.ts';

/**
 * The set that results when somebody types new values over stored ones: a secret that was not typed stays, everything
 * that is not secret is as it was typed. A kept secret goes only where it went before: who types another host has to type
 * the secret too, or anybody who may test a connection could have it sent to a server of their own.
 *
 * @throws AppError `invalid_input`
 */
export function mergeValues(
  { provider, auth }: { provider: Provider; auth: Auth },
  stored: CredentialSet | null,
  typed: CredentialSet,
): CredentialSet {
  if (stored === null) return typed;
  const named = new Set([...Object.keys(typed.plain), ...Object.keys(typed.secrets)]);
  const kept = Object.fromEntries(Object.entries(stored.secrets).filter(([key]) => !named.has(key)));
  const references = Object.fromEntries(
    Object.entries(stored.plain).filter(
      ([key, value]) => !named.has(key) && referredVariable(value) !== null,
    ),
  );
  const [keptSecret] = [...Object.keys(kept), ...Object.keys(references)];
  const moved = addressKeys(provider, auth).find(
    (key) => (typed.plain[key] ?? '') !== (stored.plain[key] ?? ''),
  );
  if (keptSecret !== undefined && moved !== undefined) {
    const label = auth.fields.find(({ key }) => key === keptSecret)?.label ?? keptSecret;
    const detail = `${label} has to be entered again, because it would go to another address than before.`;
    throw new AppError('invalid_input', detail, { errors: [{ pointer: `/values/${keptSecret}`, detail }] });
  }
  return { plain: { ...references, ...typed.plain }, secrets: { ...kept, ...typed.secrets } };
}
