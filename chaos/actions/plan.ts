import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { Condition } from '../../packages/sandbox/src/conditions.ts';
import { Random } from '../random.ts';

/** What goes wrong: a provider is as named for a while, or a process is killed and started again. */
export type ActionFault =
  { kind: 'provider'; slug: string; condition: Condition; forMs: number } | { kind: 'kill'; node: number };

export interface PlannedFault {
  atMs: number;
  fault: ActionFault;
}

/** Who stands in for whom, the primary first. */
export const chains = {
  email: ['sendgrid', 'postmark'],
  smtp: ['smtp', 'mailgun'],
  sms: ['twilio', 'vonage'],
  chat: ['discord', 'slack'],
  calendar: ['google-calendar', 'microsoft-365'],
  video: ['zoom', 'microsoft-teams'],
  storage: ['aws-s3', 'local-storage'],
  payment: ['stripe'],
  crm: ['hubspot', 'salesforce'],
  esign: ['docusign', 'hellosign'],
  kyc: ['sumsub', 'onfido'],
  jobs: ['indeed', 'linkedin-recruiter'],
  ats: ['greenhouse', 'lever'],
  tax: ['avalara'],
  verify: ['twilio-verify'],
  background: ['checkr', 'sterling'],
  hr: ['gusto', 'bamboohr'],
} as const;
export type ChainName = keyof typeof chains;
export const chaosSlugs: readonly string[] = [...new Set(Object.values(chains).flat())];

/** Settings that a person would choose. */
export const chaosSettings: Readonly<Record<string, Record<string, string>>> = {
  slack: { channel: '#support-alerts' },
  checkr: { package: 'basic' },
  sterling: { package: '1' },
};

/** One way in which programs ask for something. */
export interface Lane {
  name: string;
  capability: CapabilityName;
  chain: ChainName;
  /** `bulk`: several of one request; `scheduled`: for a time that has not come yet. */
  how: 'single' | 'bulk' | 'scheduled';
}

const single = (capability: CapabilityName, chain: ChainName): Lane => ({
  name: capability,
  capability,
  chain,
  how: 'single',
});

/** What leaves nothing at a provider that could be counted: it reads, or ends what is not there. */
export const leavesNothing: readonly CapabilityName[] = ['calendar.cancel_event', 'verify.check'];

/** All of them. Each takes its turn. */
export const lanes: readonly Lane[] = [
  single('email.send', 'email'),
  { ...single('email.send', 'smtp'), name: 'email.send by SMTP' },
  { ...single('email.send', 'email'), name: 'email.send in bulk', how: 'bulk' },
  single('sms.send', 'sms'),
  { ...single('sms.send', 'sms'), name: 'sms.send at a time', how: 'scheduled' },
  single('chat.post', 'chat'),
  single('calendar.create_event', 'calendar'),
  single('video.create_meeting', 'video'),
  single('storage.put', 'storage'),
  single('payment.create_customer', 'payment'),
  single('crm.upsert_contact', 'crm'),
  single('esign.send', 'esign'),
  single('kyc.start', 'kyc'),
  single('job.post', 'jobs'),
  single('ats.import', 'ats'),
  single('tax.quote', 'tax'),
  single('calendar.update_event', 'calendar'),
  single('calendar.cancel_event', 'calendar'),
  single('verify.start', 'verify'),
  single('verify.check', 'verify'),
  single('background_check.order', 'background'),
  single('payroll.export', 'hr'),
  single('payment.create_account', 'payment'),
  single('hris.list_employees', 'hr'),
  single('calendar.list_events', 'calendar'),
  single('calendar.free_busy', 'calendar'),
  single('storage.get', 'storage'),
  single('storage.sign', 'storage'),
  single('esign.status', 'esign'),
];

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
const meanGapMs = 250;
/** The disk of the processes goes wrong with them alone. */
const neverFails = 'local-storage';

/** The schedule of a run, made before it starts from the seed alone: every condition comes before any comes again. */
export function makeActionPlan(seed: number, seconds: number, nodes: number): PlannedFault[] {
  const random = new Random(seed);
  const slugs = chaosSlugs.filter((slug) => slug !== neverFails);
  const plan: PlannedFault[] = [];
  let deck: Condition[] = [];
  let hand: string[] = [];
  let killAtMs = 1_500;
  for (let atMs = 300; atMs < seconds * 1_000; atMs += random.between(0.4 * meanGapMs, 1.6 * meanGapMs)) {
    if (atMs >= killAtMs) {
      plan.push({ atMs, fault: { kind: 'kill', node: random.below(nodes) } });
      killAtMs = atMs + random.between(1_500, 3_500);
      continue;
    }
    if (deck.length === 0) deck = random.shuffled(conditions);
    // Every provider has its turn before any has another.
    if (hand.length === 0) hand = random.shuffled(slugs);
    const fault = {
      kind: 'provider',
      slug: hand.pop()!,
      condition: deck.pop()!,
      forMs: random.between(500, 2_500),
    } as const;
    plan.push({ atMs, fault });
  }
  return plan;
}
