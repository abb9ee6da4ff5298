import { checkCustomProvider as operation } from '@trunkline/contract/custom-providers';
import { authorize } from '../../authorize.ts';
import { checkConnection } from '../../connections/check.ts';
import { referredVariable } from '../../connections/credentials.ts';
import { providerFromDefinition } from '../../connections/custom-provider.ts';
import { customSlug } from '../../connections/custom-slug.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { prepareDefinition } from './prepare-definition.ts';

/**
 * Tries a definition with values as they are typed (CAT-5). Nothing is saved. Variables of the server are not read: a
 * definition that nobody has saved must not carry them away.
 *
 * @throws AppError `invalid_input` for an address that must not be called, and for a reference
 */
export const checkCustomProvider: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app, organizationId } = ctx;
  if (organizationId === null) throw new AppError('no_organization', 'Join an organization first.');
  const reference = Object.entries(input.values).find(([, value]) => referredVariable(value) !== null);
  if (reference) {
    throw fieldError('invalid_input', `/values/${reference[0]}`, 'Enter the value itself to try it.');
  }
  const definition = await prepareDefinition(app, input.definition);
  const provider = providerFromDefinition(customSlug(definition.name, new Set()), definition);
  return checkConnection(app, {
    organizationId,
    integrationId: '',
    name: provider.name,
    provider,
    auth: provider.auth[0],
    values: { ...input.values, ...provider.fixedValues },
    settings: {},
    limits: { perHour: null, perDay: null, onLimit: 'refuse' },
    enabled: true,
    connected: false,
    account: null,
  });
};
