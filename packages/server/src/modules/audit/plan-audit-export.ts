import { planAuditExport as operation } from '@trunkline/contract/audit';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { countRecords, readChainEnd } from './queries.ts';

/** Counted one by one; beyond it a number is of no more use. */
const mostCounted = 1_000_000;

/**
 * Says how many records an export will have, and where it is. Records written from now on are not part of it, so that
 * what was stated is what comes.
 */
export const planAuditExport: Verb<typeof operation> = async (ctx, { format, through, ...filter }) => {
  authorize(ctx, operation);
  const { rows, last } = await inOrganization(ctx, async (tx) => {
    const newest = through ?? (await readChainEnd(tx)).head;
    return { last: newest, rows: await countRecords(tx, filter, newest + 1, mostCounted + 1) };
  });
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries({ ...filter, through: String(last) })) {
    if (value !== undefined && value !== '') query.set(name, value);
  }
  return {
    rows: Math.min(rows, mostCounted),
    more: rows > mostCounted,
    path: `/api/v1/audit/export?${query.toString()}`,
    fileName: fileNameOf(format, ctx.app.clock()),
  };
};

/** `audit-2026-11-28-203000.csv` */
export function fileNameOf(format: string, at: number): string {
  const moment = new Date(at).toISOString();
  return `audit-${moment.slice(0, 10)}-${moment.slice(11, 19).replaceAll(':', '')}.${format}`;
}
