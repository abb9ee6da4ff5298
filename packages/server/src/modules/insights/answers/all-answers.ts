import { insightAnswerNames } from '@trunkline/contract/insight-answers';
import type { InsightAnswerName } from '@trunkline/contract/insight-answers';
import type { Answering } from './answer.ts';
import { business } from './business.ts';
import { experience } from './experience.ts';
import { operational } from './operational.ts';
import { security } from './security.ts';

/** Every answer, in the order of the page. */
export const allAnswers: readonly Answering[] = [...operational, ...experience, ...business, ...security];

const byName = new Map(allAnswers.map((answering) => [answering.name, answering]));
const missing = insightAnswerNames.filter((name) => !byName.has(name));
if (missing.length > 0) throw new Error(`nothing answers ${missing.join(', ')}`);

/** How an answer of the contract is found. */
export function answeringOf(name: InsightAnswerName): Answering {
  return byName.get(name)!;
}
