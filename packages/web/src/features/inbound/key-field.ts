import type { ProviderDetail, ProviderField } from '@trunkline/contract/catalog';

/** The key of any sender that signs with a shared secret. */
export const genericKeyField: ProviderField = {
  key: 'key',
  label: 'Shared secret',
  secret: true,
  help: 'What you and the sender share. Leave it empty to have one made here.',
  example: null,
  level: 'account',
  optional: true,
  multiline: false,
  pattern: null,
  options: null,
};

/** The field of a provider that its webhooks are checked with, never demanded; null when it needs none. */
export function keyFieldOf(provider: Pick<ProviderDetail, 'connections' | 'inbound'>): ProviderField | null {
  const { key, ownKey } = provider.inbound ?? {};
  if (ownKey) return { ...genericKeyField, ...ownKey, secret: false };
  if (!key) return null;
  const field = provider.connections.flatMap(({ fields }) => fields).find((each) => each.key === key);
  return field ? { ...field, optional: true } : { ...genericKeyField, help: 'What the provider signs with.' };
}
