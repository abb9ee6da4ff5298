import { exportInsight as operation } from '@trunkline/contract/insights';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { csvLine } from '../../lib/csv-line.ts';
import type { Verb } from '../../verb.ts';
import { answerSpan } from './answer-span.ts';
import { answeringOf } from './answers/all-answers.ts';
import { presentAnswer } from './present-answer.ts';

/** One answer as a CSV file; texts that look like formulas stay texts in a spreadsheet. */
export const exportInsight: Verb<typeof operation> = async (ctx, { answer, range }) => {
  authorize(ctx, operation);
  const span = answerSpan(range, ctx.app.clock());
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const { columns, rows } = await inOrganization(ctx, (tx) => presentAnswer(tx, answeringOf(answer), span));
  const lines = [csvLine(columns.map(({ label }) => label)), ...rows.map((row) => csvLine(row))];
  return {
    name: `${answer}-${day(span.since)}-${day(span.until)}.csv`,
    contentType: 'text/csv; charset=utf-8',
    content: Buffer.from(`\u{FEFF}${lines.join('')}`).toString('base64'),
  };
};
