import type { CapabilityName } from '@trunkline/contract/capabilities';
import { capabilityNames } from '@trunkline/contract/capabilities';
import { listFailover as operation } from '@trunkline/contract/failover';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentMembers } from './present.ts';
import { readFilesToCopyBack, readSwitches } from './queries.ts';
import { offering, readRouteRows, routeOf } from './route.ts';

/** Every integration that can do something, with its role, and the latest switches. */
export const listFailover: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const members = (await presentMembers(tx, null)).filter(({ capabilities }) => capabilities.length > 0);
    const rows = await readRouteRows(tx, capabilityNames[0]);
    const primaryFor = new Map<string, CapabilityName[]>();
    const activeFor = new Map<string, CapabilityName[]>();
    for (const capability of new Set(members.flatMap(({ capabilities }) => capabilities))) {
      const route = routeOf(await offering(tx, await readRouteRows(tx, capability), capability), null);
      if (route === null) continue;
      primaryFor.set(route.primaryId, [...(primaryFor.get(route.primaryId) ?? []), capability]);
      const [first] = route.order;
      activeFor.set(first!, [...(activeFor.get(first!) ?? []), capability]);
    }
    const byId = new Map(rows.map((row) => [row.id, row]));
    const away = await readFilesToCopyBack(
      tx,
      members.map(({ id }) => id),
    );
    const data = members.map((member) => {
      const own = byId.get(member.id);
      const over = rows.find(({ backups }) => backups.includes(member.id));
      const asPrimary = primaryFor.has(member.id) || (own?.backups.length ?? 0) > 0;
      const role = asPrimary ? ('primary' as const) : over ? ('backup' as const) : ('spare' as const);
      return {
        ...member,
        role,
        active: activeFor.has(member.id) || over?.activeId === member.id,
        activeFor: activeFor.get(member.id) ?? [],
        backupOf: over ? { id: over.id, name: over.name } : null,
        primaryFor: primaryFor.get(member.id) ?? [],
        backupCount: own?.backups.length ?? 0,
        filesToCopyBack: away.find(({ primaryId }) => primaryId === member.id)?.waiting ?? 0,
      };
    });
    return { data, switches: await readSwitches(tx, null, 50), nextCursor: null };
  });
};
