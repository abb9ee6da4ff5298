import type { ProviderConnection, ProviderField } from '@trunkline/contract/catalog';

/** The fields of one connection: those of the app at the provider are entered once, elsewhere. */
export function formFields({ fields }: Pick<ProviderConnection, 'fields'>): ProviderField[] {
  return fields.filter((field) => field.level === 'account');
}
