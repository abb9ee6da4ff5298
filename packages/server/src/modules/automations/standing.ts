import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { AutomationStep } from '@trunkline/contract/automations';
import type { Tx } from '../../ctx.ts';
import { offering, readRouteRows, routeOf } from '../failover/route.ts';
import type { RouteRow } from '../failover/route.ts';

/** Who could do the steps of automations just now. */
export interface Standing {
  /** Names of the integrations that would be asked, in order; empty: nobody. */
  askedFor(step: Pick<AutomationStep, 'capability' | 'integrationId'>): string[];
  /** Why the steps cannot be done, in words; null when nothing is known. */
  problemOf(steps: readonly AutomationStep[]): string | null;
}

/** Reads who offers these capabilities. */
export async function readStanding(tx: Tx, names: readonly CapabilityName[]): Promise<Standing> {
  const able = new Map<CapabilityName, RouteRow[]>();
  let all: RouteRow[] = [];
  for (const name of new Set(names)) {
    all = await readRouteRows(tx, name);
    able.set(name, await offering(tx, all, name));
  }
  const askedFor: Standing['askedFor'] = ({ capability, integrationId }) => {
    const rows = able.get(capability) ?? [];
    const order = routeOf(rows, integrationId)?.order ?? [];
    return order.map((id) => rows.find((row) => row.id === id)?.name ?? '');
  };
  return {
    askedFor,
    problemOf(steps) {
      for (const step of steps) {
        if (askedFor(step).length > 0) continue;
        const { label } = capabilities[step.capability];
        if (step.integrationId === null) return `No connected integration can do “${label}”.`;
        const wanted = all.find(({ id }) => id === step.integrationId);
        if (!wanted) return `The integration of the step “${step.name}” was removed.`;
        return `${wanted.name} is not connected, switched off, or cannot do “${label}”.`;
      }
      return null;
    },
  };
}
