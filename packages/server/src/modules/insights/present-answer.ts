import type { InsightAnswer } from '@trunkline/contract/insights';
import type { Tx } from '../../ctx.ts';
import type { Answering, InsightSpan } from './answers/answer.ts';

/** An answer with its rows. */
export async function presentAnswer(
  tx: Tx,
  { find, say, name, title, questions, columns, bar, needs }: Answering,
  span: InsightSpan,
): Promise<InsightAnswer> {
  const rows = await find(tx, span);
  return { name, title, questions, columns, bar, needs, rows, said: say?.(rows) ?? null };
}
