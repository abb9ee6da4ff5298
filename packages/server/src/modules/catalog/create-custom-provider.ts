import { createCustomProvider as operation } from '@trunkline/contract/custom-providers';
import { authorize } from '../../authorize.ts';
import { readDefinitions } from '../../connections/custom-definitions.ts';
import { customSlug } from '../../connections/custom-slug.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { presentCustom, requireFreeName, requireRoom } from './custom-rules.ts';
import { prepareDefinition } from './prepare-definition.ts';
import { lockCatalog } from './queries.ts';

/**
 * Adds a provider without code (CAT-5).
 *
 * @throws AppError `invalid_input` for an address that must not be called; `conflict` when the name is taken
 */
export const createCustomProvider: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const definition = await prepareDefinition(app, input.definition);
  return inOrganization(ctx, async (tx) => {
    await lockCatalog(tx);
    const existing = await readDefinitions(tx);
    requireRoom(existing);
    requireFreeName(definition.name, existing);
    const slug = customSlug(definition.name, new Set(existing.map((one) => one.slug)));
    const now = new Date(app.clock());
    await tx.query(
      `INSERT INTO custom_providers (id, organization_id, slug, definition, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $5)`,
      [app.newId(), tx.organizationId, slug, JSON.stringify(definition), now],
    );
    await recordAudit(ctx, tx, {
      action: 'custom_provider.created',
      target: { type: 'custom_provider', id: slug, name: definition.name },
      changes: changesBetween<Partial<typeof definition>>({}, definition),
    });
    tx.announce('catalog');
    return presentCustom({ slug, definition, createdAt: now, updatedAt: now }, 0);
  });
};
