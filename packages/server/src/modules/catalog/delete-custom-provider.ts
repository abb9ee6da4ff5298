import { deleteCustomProvider as operation } from '@trunkline/contract/custom-providers';
import { authorize } from '../../authorize.ts';
import { readDefinition } from '../../connections/custom-definitions.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError, notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { countIntegrations, eraseCustomProvider, lockCatalog } from './queries.ts';

/**
 * Removes a custom provider with its OAuth app, so that a later one of the same name inherits no secret.
 *
 * @throws AppError `not_found`; `conflict` while integrations use it
 */
export const deleteCustomProvider: Verb<typeof operation> = async (ctx, { slug }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await lockCatalog(tx);
    const before = await readDefinition(tx, slug, 'FOR UPDATE');
    if (!before) throw notFound('custom provider');
    const integrations = await countIntegrations(tx, slug);
    if (integrations > 0) {
      throw new AppError('conflict', `Disconnect its integrations first: there are ${integrations}.`);
    }
    await eraseCustomProvider(tx, slug);
    const after = Object.fromEntries(Object.keys(before.definition).map((key) => [key, null]));
    await recordAudit(ctx, tx, {
      action: 'custom_provider.deleted',
      target: { type: 'custom_provider', id: slug, name: before.definition.name },
      changes: changesBetween<object>(before.definition, after),
    });
    tx.announce('catalog');
    return { ok: true };
  });
};
