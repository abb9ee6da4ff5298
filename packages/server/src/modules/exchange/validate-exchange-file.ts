import { validateExchangeFile as operation } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import type { App, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { acknowledgementIn, checkContent, countFindings, findingsOf } from './check-content.ts';
import { readContent } from './queries.ts';

const mostFindings = 500;

/**
 * Checks a stored file. Of an acknowledgement the findings are what it complains about, with the members of the file
 * that it answers.
 *
 * @throws AppError `not_found`, `conflict` when it was erased
 */
export const validateExchangeFile: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { file, content, layout } = await readContent(ctx.app, tx, id);
    const acknowledgement = file.kind === 'acknowledgement' ? acknowledgementIn(content) : null;
    const findings = acknowledgement
      ? findingsOf(acknowledgement, await answeredContent(ctx.app, tx, file.answersId))
      : checkContent(file.kind, content, layout);
    return { findings: findings.slice(0, mostFindings), ...countFindings(findings), acknowledgement };
  });
};

async function answeredContent(app: App, tx: Tx, id: string | null): Promise<Buffer | null> {
  if (id === null) return null;
  try {
    return (await readContent(app, tx, id)).content;
  } catch (error) {
    // Its content was erased: the places are then told without their members.
    if (error instanceof AppError && error.code === 'conflict') return null;
    throw error;
  }
}
