import type { Automation } from '@trunkline/contract/automations';
import type { Tx } from '../../ctx.ts';
import { presentAutomation, readRow } from './queries.ts';
import { readStanding } from './standing.ts';

/** One automation with what is known of it. @throws AppError `not_found` */
export async function readAutomation(tx: Tx, id: string): Promise<Automation> {
  const row = await readRow(tx, id);
  const standing = await readStanding(
    tx,
    row.steps.map(({ capability }) => capability),
  );
  return presentAutomation(row, standing.problemOf(row.steps));
}
