import { z } from 'zod';
import {
  failedPayments,
  interviewMeeting,
  interviewOwnLink,
  movedInterviews,
  newConversations,
} from './automation-templates.ts';
import type { AutomationSource } from './automation-templates.ts';
import { AutomationStep, AutomationTrigger } from './automations.ts';
import { capabilityNames } from './capabilities.ts';
import { Empty } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Templates';

/** A set-up as it is written down: providers by their slugs. */
export interface TemplateSource {
  slug: string;
  title: string;
  description: string;
  /** What a person does, in order. */
  steps: readonly [string, ...string[]];
  /** One of these must be connected first. */
  needs?: readonly string[];
  makes:
    | {
        kind: 'webhook';
        name: string;
        events: readonly [string, ...string[]];
        description: string;
        /** Where the address comes from. */
        urlHint: string;
        urlExample: string;
      }
    | { kind: 'automation'; automation: AutomationSource }
    | { kind: 'connections'; choices: readonly { purpose: string; providers: readonly string[] }[] };
}

const save = 'Check the events, save, and copy the signing secret.';
const test = 'Send a test event and see what the other side answers.';
const look = 'Look at the message, which is shown with an example, and change what you like.';
const own = 'The address in your own system that takes POST requests with JSON.';
const emailProviders = ['sendgrid', 'amazon-ses', 'mailgun', 'postmark', 'smtp', 'gmail'];
const smsProviders = ['twilio', 'vonage'];

/** Set-ups for common cases (CONN-9), each of which works as it stands. */
export const templateSources: readonly TemplateSource[] = [
  {
    slug: 'job-created-zapier',
    title: 'Job created → Zapier',
    description: 'Starts a Zap for every new job, to announce it wherever Zapier reaches.',
    steps: [
      'In Zapier, make a Zap that begins with Webhooks by Zapier → Catch Hook, and copy its address.',
      save,
      test,
    ],
    makes: {
      kind: 'webhook',
      name: 'Job created - Zapier',
      events: ['job.created'],
      description: 'Starts a Zap for every new job.',
      urlHint: 'Zapier → your Zap → Catch Hook → Test: the address of the hook.',
      urlExample: 'https://hooks.zapier.com/hooks/catch/123456/abcdef',
    },
  },
  {
    slug: 'failed-payment-chat',
    title: 'Failed payment → Slack',
    description: 'Posts in Slack, Teams or Discord when a payment of a customer does not go through.',
    steps: [look, 'Save: it works from the next event on.'],
    makes: { kind: 'automation', automation: failedPayments },
  },
  {
    slug: 'new-conversation-chat',
    title: 'New conversation → Slack',
    description: 'Posts in Slack, Teams or Discord when a customer starts a conversation.',
    steps: [look, 'Save: it works from the next event on.'],
    makes: { kind: 'automation', automation: newConversations },
  },
  {
    slug: 'interview-calendar-meeting',
    title: 'Interview scheduled → calendar event with a video link',
    description: 'Makes a video meeting, and a calendar event that holds its address, and invites everybody.',
    steps: [look, 'Save: it works from the next interview on.'],
    makes: { kind: 'automation', automation: interviewMeeting },
  },
  {
    slug: 'interview-calendar-own-link',
    title: 'Interview scheduled → calendar event with the calendar’s own link',
    description: 'Makes one calendar event, with the video link that Google or Microsoft adds to it.',
    steps: [look, 'Save: it works from the next interview on.'],
    makes: { kind: 'automation', automation: interviewOwnLink },
  },
  {
    slug: 'moved-interview-email',
    title: 'Interview moved → email to everybody',
    description: 'Writes to everybody who was invited when an interview gets another time.',
    steps: [look, 'Save: it works from the next event on.'],
    makes: { kind: 'automation', automation: movedInterviews },
  },
  {
    slug: 'new-candidate-ats',
    title: 'New candidate → your ATS',
    description: 'Tells your applicant tracking system of every candidate and application.',
    steps: ['In your applicant tracking system, find the address that takes candidates.', save, test],
    makes: {
      kind: 'webhook',
      name: 'New candidate - ATS',
      events: ['candidate.created', 'application.created'],
      description: 'Brings candidates and applications to the applicant tracking system.',
      urlHint: own,
      urlExample: 'https://ats.example.com/webhooks/candidates',
    },
  },
  {
    slug: 'placement-back-office',
    title: 'Placement → your back office',
    description: 'Tells payroll and billing when a candidate was placed.',
    steps: ['In your back office, find the address that takes placements.', save, test],
    makes: {
      kind: 'webhook',
      name: 'Placement - back office',
      events: ['submission.placed'],
      description: 'Brings placements to payroll and billing.',
      urlHint: own,
      urlExample: 'https://office.example.com/webhooks/placements',
    },
  },
  {
    slug: 'interviews-scheduling',
    title: 'Interviews → your scheduling tool',
    description: 'Tells a scheduling tool when interviews are planned, moved, cancelled or over.',
    steps: ['In your scheduling tool, find the address that takes events.', save, test],
    makes: {
      kind: 'webhook',
      name: 'Interviews - scheduling',
      events: ['interview.*'],
      description: 'Brings everything about interviews to the scheduling tool.',
      urlHint: own,
      urlExample: 'https://calendar.example.com/webhooks/interviews',
    },
  },
  {
    slug: 'contacts-crm',
    title: 'Contacts → your CRM or data warehouse',
    description: 'Keeps a copy of your contacts elsewhere in step.',
    steps: ['In the other system, find the address that takes contacts.', save, test],
    makes: {
      kind: 'webhook',
      name: 'Contacts - CRM',
      events: ['contact.*'],
      description: 'Brings every change of a contact to the other system.',
      urlHint: own,
      urlExample: 'https://crm.example.com/webhooks/contacts',
    },
  },
  {
    slug: 'bounces-mailing-list',
    title: 'Bounces and unsubscribes → your mailing list',
    description: 'Tells a mailing list whom it must not write to any more.',
    steps: ['In the system of the mailing list, find the address that takes events.', save, test],
    makes: {
      kind: 'webhook',
      name: 'Bounces - mailing list',
      events: ['email.bounced', 'email.spam_reported', 'email.unsubscribed'],
      description: 'Brings addresses that must not be written to any more.',
      urlHint: own,
      urlExample: 'https://lists.example.com/webhooks/suppressions',
    },
  },
  {
    slug: 'escalation-help-desk',
    title: 'Escalation → your help desk',
    description: 'Opens a case when a conversation needs a person.',
    steps: ['In your help desk, find the address that takes new cases.', save, test],
    makes: {
      kind: 'webhook',
      name: 'Escalation - help desk',
      events: ['escalation.triggered'],
      description: 'Brings conversations that need a person to the help desk.',
      urlHint: own,
      urlExample: 'https://help.example.com/webhooks/escalations',
    },
  },
  {
    slug: 'failed-deliveries-on-call',
    title: 'Failed deliveries → your on-call tool',
    description: 'Calls somebody when deliveries are given up or a webhook fails for days.',
    steps: [
      'In your on-call tool, make an integration that takes JSON by webhook, and copy its address.',
      'Take another address than those that it is to watch over: what fails cannot tell of it.',
      save,
      test,
    ],
    makes: {
      kind: 'webhook',
      name: 'Failed deliveries - on-call',
      events: ['delivery.dead_lettered', 'webhook.failing', 'webhook.disabled'],
      description: 'Tells of deliveries that were given up and of webhooks that fail.',
      urlHint: 'Your on-call tool → services → integrations → webhook or events by JSON.',
      urlExample: 'https://on-call.example.com/webhooks/trunkline',
    },
  },
  {
    slug: 'everything-archive',
    title: 'Everything → your archive',
    description: 'Keeps every event in a system of your own, for reports and audits.',
    steps: ['Choose an address in your own system that stores what it gets.', save, test],
    makes: {
      kind: 'webhook',
      name: 'Everything - archive',
      events: ['*'],
      description: 'Brings every event, also those of types that are added later.',
      urlHint: own,
      urlExample: 'https://archive.example.com/webhooks/events',
    },
  },
  {
    slug: 'email-with-backup',
    title: 'Email with a backup',
    description:
      'Two email providers, connected and checked, so that a second one is there when the first fails.',
    steps: ['Connect the provider that sends your email.', 'Connect a second one, with another company.'],
    makes: {
      kind: 'connections',
      choices: [
        { purpose: 'Your email', providers: emailProviders },
        { purpose: 'The backup', providers: emailProviders },
      ],
    },
  },
  {
    slug: 'sms-with-backup',
    title: 'Text messages with a backup',
    description: 'Two providers for text messages, connected and checked.',
    steps: ['Connect the provider that sends your text messages.', 'Connect a second one.'],
    makes: {
      kind: 'connections',
      choices: [
        { purpose: 'Your text messages', providers: smsProviders },
        { purpose: 'The backup', providers: smsProviders },
      ],
    },
  },
  {
    slug: 'interviews-calendar-video',
    title: 'Calendar and video for interviews',
    description: 'The calendar in which interviews stand, and the service in which they are held.',
    steps: ['Connect the calendar of those who interview.', 'Connect the service for video calls.'],
    makes: {
      kind: 'connections',
      choices: [
        { purpose: 'Calendar', providers: ['google-calendar', 'microsoft-365'] },
        { purpose: 'Video', providers: ['google-meet', 'zoom', 'microsoft-teams'] },
      ],
    },
  },
  {
    slug: 'google-calendar-meet',
    title: 'Video calls with the Google account you have',
    description: 'Adds Google Meet where Google Calendar is connected already.',
    steps: ['Connect Google Meet and choose the same Google account.'],
    needs: ['google-calendar'],
    makes: { kind: 'connections', choices: [{ purpose: 'Video', providers: ['google-meet'] }] },
  },
  {
    slug: 'hiring-checks',
    title: 'Job board and background checks',
    description: 'Completes an applicant tracking system: where applicants come from, and who checks them.',
    steps: ['Connect a job board.', 'Connect the service for background checks.'],
    needs: ['greenhouse', 'lever'],
    makes: {
      kind: 'connections',
      choices: [
        { purpose: 'Job board', providers: ['indeed', 'dice', 'glassdoor', 'linkedin-recruiter'] },
        { purpose: 'Background checks', providers: ['checkr', 'sterling'] },
      ],
    },
  },
  {
    slug: 'carrier-files',
    title: 'Files for insurance carriers',
    description: 'Exchanges enrolment files with a carrier that has no API, by SFTP or by hand.',
    steps: [
      'Ask the carrier for its SFTP access and its companion guide.',
      'Connect the carrier by SFTP, or by hand until the access is there.',
    ],
    makes: {
      kind: 'connections',
      choices: [{ purpose: 'Carrier', providers: ['bcbs', 'delta-dental', 'vsp'] }],
    },
  },
];

const TemplateProvider = z.object({
  slug: z.string(),
  name: z.string(),
  connected: z.number().int().describe("The organization's integrations of it."),
});

/** A guided set-up with what the organization has of it already. */
export const Template = z.object({
  slug: z.string().meta({ example: 'job-created-zapier' }),
  title: z.string(),
  description: z.string(),
  steps: z.array(z.string()).describe('What a person does, in order.'),
  needs: z
    .object({
      met: z.boolean().describe('One of them is connected.'),
      providers: z.array(TemplateProvider),
    })
    .nullable()
    .describe('What must be connected first: one of these.'),
  makes: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('webhook'),
      webhook: z
        .object({ name: z.string(), events: z.array(z.string()), description: z.string() })
        .describe('Input of `createWebhook`, without the URL.'),
      urlHint: z.string().describe('Where the URL comes from.'),
      urlExample: z.string(),
    }),
    z.object({
      kind: z.literal('automation'),
      automation: z
        .object({ name: z.string(), trigger: AutomationTrigger, steps: z.array(AutomationStep) })
        .describe('Input of `createAutomation`.'),
      capabilities: z
        .array(
          z.object({
            capability: z.enum(capabilityNames),
            label: z.string(),
            connected: z.boolean().describe('An integration can do it.'),
            providers: z.array(TemplateProvider),
          }),
        )
        .describe('What its steps need.'),
    }),
    z.object({
      kind: z.literal('connections'),
      choices: z
        .array(z.object({ purpose: z.string(), providers: z.array(TemplateProvider) }))
        .describe('For each purpose one of the providers is to be connected, for two purposes two.'),
      done: z.boolean().describe('There is an integration for every purpose.'),
    }),
  ]),
});
export type Template = z.infer<typeof Template>;

export const listTemplates = defineOperation({
  name: 'listTemplates',
  procedure: 'integrations.listTemplates',
  kind: 'query',
  tag,
  summary: 'Guided set-ups for common cases',
  permission: 'provider.read',
  input: Empty,
  output: z.object({ data: z.array(Template), nextCursor: z.string().nullable() }),
  rest: [{ method: 'GET', path: '/api/v1/templates' }],
});
