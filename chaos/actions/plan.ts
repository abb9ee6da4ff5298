import type { Condition } from '../../packages/sandbox/src/conditions.ts';
import { Random } from '../random.ts';

/** What goes wrong: a provider is as named for a while, or a process is killed and started again. */
export type ActionFault =
  { kind: 'provider'; slug: string; condition: Condition; forMs: number } | { kind: 'kill'; node: number };

export interface PlannedFault {
  atMs: number;
  fault: ActionFault;
}

/** Who is asked for what, the primary first. */
export const chains = {
  'email.send': ['sendgrid', 'postmark'],
  'sms.send': ['twilio', 'vonage'],
  'chat.post': ['discord'],
  'storage.put': ['aws-s3'],
} as const;
export type ChaosCapability = keyof typeof chains;
export const chaosCapabilities = Object.keys(chains) as ChaosCapability[];

/** What a provider may be, the storm of 429 among them. */
const conditions: readonly Condition[] = [
  'down',
  'slow',
  'timeout',
  'flaky',
  'answerLost',
  'changeLost',
  'rateLimited',
];
const meanGapMs = 500;

/** The schedule of a run, made before it starts from the seed alone: every condition comes before any comes again. */
export function makeActionPlan(seed: number, seconds: number, nodes: number): PlannedFault[] {
  const random = new Random(seed);
  const slugs = Object.values(chains).flat();
  const plan: PlannedFault[] = [];
  let deck: Condition[] = [];
  let killAtMs = 1_500;
  for (let atMs = 300; atMs < seconds * 1_000; atMs += random.between(0.4 * meanGapMs, 1.6 * meanGapMs)) {
    if (atMs >= killAtMs) {
      plan.push({ atMs, fault: { kind: 'kill', node: random.below(nodes) } });
      killAtMs = atMs + random.between(1_500, 3_500);
      continue;
    }
    if (deck.length === 0) deck = random.shuffled(conditions);
    const condition = deck.pop()!;
    const fault = {
      kind: 'provider',
      slug: random.pick(slugs),
      condition,
      forMs: random.between(500, 2_500),
    } as const;
    plan.push({ atMs, fault });
  }
  return plan;
}
