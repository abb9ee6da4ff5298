import { verifyAudit as operation } from '@trunkline/contract/audit';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readChain, readChainEnd } from './queries.ts';
import { chainStart, compareEnd, followChain } from './rules.ts';

const pageSize = 500;

/**
 * Recomputes the hash chain of the audit log (ACC-3) and says where it breaks first: a record that was
 * changed, removed, moved or added, or an end that was cut off. Records written meanwhile are left out.
 */
export const verifyAudit: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const end = await readChainEnd(tx);
    let place = chainStart;
    while (place.sequence < end.head) {
      const page = await readChain(tx, place.sequence, Math.min(pageSize, end.head - place.sequence));
      if (page.length === 0) break;
      const followed = followChain(place, page);
      place = followed.place;
      if (followed.broken) return { ok: false, checked: place.sequence, ...followed.broken };
    }
    const broken = compareEnd(place, end);
    if (broken) return { ok: false, checked: place.sequence, ...broken };
    return { ok: true, checked: place.sequence, brokenAt: null, reason: null };
  });
};
