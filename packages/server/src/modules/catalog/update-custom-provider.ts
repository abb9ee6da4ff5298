import { updateCustomProvider as operation } from '@trunkline/contract/custom-providers';
import { authorize } from '../../authorize.ts';
import { readDefinition, readDefinitions } from '../../connections/custom-definitions.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { presentCustom, requireFreeName, requireSameDestinations } from './custom-rules.ts';
import { prepareDefinition } from './prepare-definition.ts';
import { countIntegrations, hasOAuthApp, lockCatalog } from './queries.ts';

/**
 * Replaces the definition of a custom provider. Its slug stays; so does where its credentials go, while some are stored.
 *
 * @throws AppError `not_found`; `invalid_input` for an address that must not be called; `conflict`
 */
export const updateCustomProvider: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { slug } = input;
  // Before anything is fetched: nobody learns of addresses by a provider that is not theirs.
  const known = await inOrganization(ctx, (tx) => readDefinition(tx, slug));
  if (!known) throw notFound('custom provider');
  const definition = await prepareDefinition(ctx.app, input.definition);
  return inOrganization(ctx, async (tx) => {
    await lockCatalog(tx);
    const before = await readDefinition(tx, slug, 'FOR UPDATE');
    if (!before) throw notFound('custom provider');
    requireFreeName(
      definition.name,
      (await readDefinitions(tx)).filter((one) => one.slug !== slug),
    );
    const integrations = await countIntegrations(tx, slug);
    if (integrations > 0 || (await hasOAuthApp(tx, slug))) {
      requireSameDestinations(before.definition, definition);
    }
    const changes = changesBetween<object>(before.definition, definition);
    if (Object.keys(changes).length === 0) return presentCustom(before, integrations);
    const updatedAt = new Date(ctx.app.clock());
    await tx.query(
      `UPDATE custom_providers SET definition = $2, updated_at = $3
       WHERE organization_id = current_organization() AND slug = $1`,
      [slug, JSON.stringify(definition), updatedAt],
    );
    await recordAudit(ctx, tx, {
      action: 'custom_provider.updated',
      target: { type: 'custom_provider', id: slug, name: definition.name },
      changes,
    });
    tx.announce('catalog');
    // Its integrations show its name and category.
    if (integrations > 0) tx.announce('integrations');
    return presentCustom({ ...before, definition, updatedAt }, integrations);
  });
};
