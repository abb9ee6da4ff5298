import { getInsights as operation } from '@trunkline/contract/insights';
import type { InsightAnswer } from '@trunkline/contract/insights';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { answerSpan } from './answer-span.ts';
import { allAnswers } from './answers/all-answers.ts';
import { presentAnswer } from './present-answer.ts';
import { readTracking } from './settings.ts';

/** The answers of one group, each from a query of its own (ACC-4). */
export const getInsights: Verb<typeof operation> = async (ctx, { group, range }) => {
  authorize(ctx, operation);
  const span = answerSpan(range, ctx.app.clock());
  return inOrganization(ctx, async (tx) => {
    const answers: InsightAnswer[] = [];
    for (const answering of allAnswers) {
      if (answering.group === group) answers.push(await presentAnswer(tx, answering, span));
    }
    return {
      since: span.since.toISOString(),
      until: span.until.toISOString(),
      tracking: await readTracking(ctx.app, tx),
      answers,
    };
  });
};
