import { exportUsage as operation } from '@trunkline/contract/usage';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readCurrentUse } from '../limits/read-limits.ts';
import { readUsage, readUsageRows } from './queries.ts';
import { readSpan } from './rules.ts';
import { usageCsv } from './usage-csv.ts';
import { usagePdf } from './usage-pdf.ts';

/** Beyond it the file ends; 90 days of a busy organization stay below. */
const rowsLimit = 200_000;

/** The usage of a range as a file: sums by hour as CSV, or a summary of one or two pages as PDF (KEY-4). */
export const exportUsage: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const span = readSpan(input, ctx.app.clock());
  const keyId = input.keyId ?? null;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const name = `api-usage-${day(span.since)}-${day(span.until)}.${input.format}`;
  return inOrganization(ctx, async (tx) => {
    if (input.format === 'csv') {
      const content = usageCsv(await readUsageRows(tx, span, keyId, rowsLimit));
      return { name, contentType: 'text/csv; charset=utf-8', content: content.toString('base64') };
    }
    const [organization] = await tx.query<{ name: string }>(
      'SELECT name FROM organizations WHERE id = current_organization()',
    );
    const usage = { ...(await readUsage(tx, span, keyId)), limits: await readCurrentUse(ctx.app, tx) };
    const content = await usagePdf(organization?.name ?? '', usage, new Date(ctx.app.clock()));
    return { name, contentType: 'application/pdf', content: content.toString('base64') };
  });
};
