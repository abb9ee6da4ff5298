/** How a provider looks from outside, switchable at any time. */
export const conditions = [
  'healthy',
  'slow',
  'timeout',
  'revoked',
  'rateLimited',
  'down',
  'flaky',
  'answerLost',
  'changeLost',
] as const;

export type Condition = (typeof conditions)[number];

/** What each means, for the people at the control page. */
export const conditionMeanings: Record<Condition, string> = {
  healthy: 'Answers as it should.',
  slow: 'Answers as it should, but only after some seconds.',
  timeout: 'Takes the call and never answers.',
  revoked: 'Accepts neither keys nor tokens. Access by OAuth comes back when somebody connects anew.',
  rateLimited: 'Says that there were too many calls.',
  down: 'Fails on every call.',
  flaky: 'Fails on some calls and works on others.',
  answerLost: 'Does the work, then closes the connection without an answer.',
  changeLost: 'As before, but only for calls that change something; the others are answered.',
};

export function isCondition(value: unknown): value is Condition {
  return conditions.some((condition) => condition === value);
}
