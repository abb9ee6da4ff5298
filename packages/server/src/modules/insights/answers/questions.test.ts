import type { InsightGroup } from '@trunkline/contract/insights';
import { describe, expect, it } from 'vitest';
import { allAnswers } from './all-answers.ts';

/** The "Key Questions Answered by Tracking" of section 12 of the CRM document, word for word and in its order. */
const keyQuestions: Record<InsightGroup, string[]> = {
  operational: [
    'Which integrations have the highest adoption and engagement rates?',
    'What are the common failure points in webhook configuration?',
    'How effective is the self-service approach vs. previous manual processes?',
  ],
  experience: [
    'Where do users experience friction in the integration management workflow?',
    'Which features are underutilized and may need better discoverability?',
    'How does role-based access affect feature usage patterns?',
  ],
  business: [
    'What is the correlation between integration usage and overall CRM adoption?',
    'How does integration health monitoring affect system uptime?',
    'What is the ROI of self-service integration management vs. manual processes?',
  ],
  security: [
    'How frequently are API keys rotated and what triggers regeneration?',
    'Are webhook configurations following security best practices?',
    'What audit trail gaps exist that need additional logging?',
  ],
};

/** "Questions Answered" of its two tracking plans, one of each event. */
const planQuestions = [
  'How frequently do admins need to access API keys?',
  'Which copy methods are most effective?',
  'How often are API keys rotated and what triggers regeneration?',
  'How often do admins review webhook configurations?',
  'What types of webhooks are most commonly configured?',
  'Which webhooks are frequently enabled/disabled and why?',
  'How proactive are admins in monitoring integration health?',
  'How often do utility admins check integration status?',
  'Which integrations generate the most interest?',
  'Which integration categories are most relevant to business users?',
  'What is the success rate of user-initiated connections?',
  'Which webhook events are most valuable for business processes?',
  'How do users respond to integration status changes?',
];

/** One question that the document words in two ways. */
const sameAs: Record<string, string> = {
  'How frequently are API keys rotated and what triggers regeneration?':
    'How often are API keys rotated and what triggers regeneration?',
};

const answering = (question: string) =>
  allAnswers.filter(({ questions }) => questions.includes(sameAs[question] ?? question));

describe('the questions of section 12', () => {
  const asked = Object.entries(keyQuestions).flatMap(([group, questions]) =>
    questions.map((question) => [group, question] as const),
  );
  it.each(asked)('%s: %s', (group, question) => {
    const found = answering(question);
    expect(found).toHaveLength(1);
    // The self-service of its operational questions answers the business one, too.
    expect([group, 'operational']).toContain(found[0]!.group);
  });

  it.each(planQuestions)('plan: %s', (question) => {
    expect(answering(question)).toHaveLength(1);
  });
});
