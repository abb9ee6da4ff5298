import { getSession as operation } from '@trunkline/contract/access';
import { portalPermissions } from '@trunkline/contract/portal-parts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { permissionsOf } from './rules.ts';
import { anonymousView, personView } from './session-view.ts';

/** Who asks, in which organization, and what they may do there. An API key or portal is told its organization. */
export const getSession: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { app, actor, organizationId } = ctx;
  if (actor.type === 'user')
    return personView(app, {
      userId: actor.id,
      organizationId,
      missing: actor.missing ?? null,
      boundTo: actor.boundTo ?? null,
    });
  if (actor.type !== 'api_key' && actor.type !== 'portal') return anonymousView(app);
  const [organization] = await inOrganization(ctx, (tx) =>
    tx.query<{ id: string; name: string }>(
      'SELECT id, name FROM organizations WHERE id = current_organization()',
    ),
  );
  return {
    needsSetup: false,
    user: null,
    organization: organization ?? null,
    organizations: [],
    role: null,
    permissions:
      actor.type === 'portal' ? portalPermissions(actor.parts, actor.role) : permissionsOf('api_key'),
    missing: null,
    ...(actor.type === 'portal'
      ? { portal: { parts: [...actor.parts], expiresAt: new Date(actor.expiresAt).toISOString() } }
      : {}),
    brand: app.config.brand,
    version: app.version,
  };
};
