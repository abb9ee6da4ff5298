import { listCapabilities as operation } from '@trunkline/contract/actions';
import { capabilities, capabilityNames } from '@trunkline/contract/capabilities';
import { z } from 'zod';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { allProviders } from '../../providers/all-providers.ts';
import type { Verb } from '../../verb.ts';
import { offering, readRouteRows, routeOf } from '../failover/route.ts';

/** What can be done, in which shape, and by whom. */
export const listCapabilities: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const data = [];
    for (const capability of capabilityNames) {
      const able = await offering(tx, await readRouteRows(tx, capability), capability);
      const route = routeOf(able, null);
      const others = able.flatMap(({ id, usable }) => (usable && id !== route?.primaryId ? [id] : []));
      const { label, summary, effect, input, output } = capabilities[capability];
      data.push({
        capability,
        label,
        summary,
        effect,
        input: schemaOf(input, 'input'),
        output: schemaOf(output, 'output'),
        providers: allProviders.flatMap(({ slug, adapters }) => (adapters?.[capability] ? [slug] : [])),
        primaryIntegrationId: route?.primaryId ?? null,
        integrationIds: route === null ? [] : [route.primaryId, ...others],
      });
    }
    return { data, nextCursor: null };
  });
};

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}
