import type { CustomDefinition, CustomProvider } from '@trunkline/contract/custom-providers';
import type { StoredDefinition } from '../../connections/custom-definitions.ts';
import { destinationsOf } from '../../connections/custom-provider.ts';
import { AppError, fieldError } from '../../errors.ts';
import { allProviders } from '../../providers/all-providers.ts';

/** More would make the catalog of an organization unreadable, and every list of it slow. */
const most = 200;

/** A custom provider as its administrators see it. */
export function presentCustom(stored: StoredDefinition, integrations: number): CustomProvider {
  return {
    slug: stored.slug,
    definition: stored.definition,
    integrations,
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}

/** @throws AppError `conflict` when there are as many as there may be */
export function requireRoom(existing: readonly StoredDefinition[]): void {
  if (existing.length < most) return;
  throw new AppError('conflict', `There are ${most} custom providers already. Remove one first.`);
}

/** @throws AppError `conflict` when another provider, built in or of the organization, has the name */
export function requireFreeName(name: string, others: readonly StoredDefinition[]): void {
  const wanted = name.toLowerCase();
  const taken = [...allProviders.map((provider) => provider.name), ...others.map((o) => o.definition.name)];
  if (!taken.some((one) => one.toLowerCase() === wanted)) return;
  throw fieldError('conflict', '/definition/name', 'Another provider has this name.');
}

/**
 * While credentials are stored for it, a provider must not lead them to other hosts or send them in another way: who may
 * change a definition may not read secrets by it.
 *
 * @throws AppError `conflict`
 */
export function requireSameDestinations(before: CustomDefinition, after: CustomDefinition): void {
  if (JSON.stringify(destinationsOf(before)) === JSON.stringify(destinationsOf(after))) return;
  throw new AppError(
    'conflict',
    'Credentials are stored for this provider, and this would send them elsewhere or in another way. Disconnect its integrations and remove its OAuth app first, or add another provider.',
  );
}
