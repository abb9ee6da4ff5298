import { z } from 'zod';
import { Id } from './common.ts';
import { errorCodes } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import { eventTypes } from './event-types/catalog.ts';
import { integrationStatuses } from './integrations.ts';
import { providerCategories } from './provider-categories.ts';
import type { ProviderCategory } from './provider-categories.ts';

/** The pages of the application, as `page_viewed` names them: the address without what varies. */
export const trackedPages = [
  'integrations',
  'integration',
  'health',
  'alerts',
  'alert_settings',
  'alert',
  'verification',
  'verification_report',
  'runbooks',
  'runbook',
  'logs',
  'failover',
  'actions',
  'automations',
  'automation',
  'automation_form',
  'webhooks',
  'webhook',
  'webhook_form',
  'inbound',
  'inbound_source',
  'events',
  'event',
  'undelivered',
  'dead_letters',
  'bulk_jobs',
  'event_types',
  'retries',
  'api_key',
  'usage',
  'portal',
  'insights',
  'audit',
  'members',
  'account',
  'other',
] as const;
export type TrackedPage = (typeof trackedPages)[number];

const Count = z.number().int().min(0).max(1_000_000);
const Milliseconds = z
  .number()
  .int()
  .min(0)
  .max(3_600_000)
  .describe('Milliseconds; what took longer than an hour is not counted.');
const Provider = z
  .string()
  .max(60)
  .regex(/^[a-z0-9-]+$/)
  .describe('The slug of a provider of the catalog; `custom` for one that the organization added.');
const ownType = 'own';
const EventType = z
  .enum([ownType, ...eventTypes.map(({ name }) => name)])
  .describe(
    "A type of the catalog; `own` stands for the organization's own types, whole groups and wildcards.",
  );

/** What stands for an event type that only the organization knows. */
export function trackedEventType(pattern: string): string {
  return eventTypes.some(({ name }) => name === pattern) ? pattern : ownType;
}

interface TrackedEvent {
  /** `server`: in the transaction of what happened. `browser`: sent by the pages, in batches. */
  by: 'server' | 'browser';
  /** Whether section 12 of the CRM document names it; the others answer questions of that section. */
  planned: boolean;
  when: string;
  question: string;
  properties: z.ZodObject;
}

/**
 * Every event that is recorded, each with a shape of its own; nothing else is. Beside these properties a row holds who
 * (by id), in what role, when, and whether the window was wide or narrow. No property is free text.
 */
export const trackingPlan = {
  api_key_viewed: {
    by: 'server',
    planned: true,
    when: 'Somebody has the whole API key shown.',
    question: 'How frequently do admins need to access API keys?',
    properties: z.object({ key_masked_length: Count.describe('Characters of the masked key.') }),
  },
  api_key_copied: {
    by: 'browser',
    planned: true,
    when: 'The API key is copied.',
    question: 'Which copy methods are most effective?',
    properties: z.object({
      copy_method: z
        .enum(['button', 'button_when_shown', 'selection'])
        .describe('The button beside the masked key, beside the shown one, or by hand.'),
    }),
  },
  api_key_regenerated: {
    by: 'browser',
    planned: true,
    when: 'A new API key is made.',
    question: 'How often are API keys rotated and what triggers regeneration?',
    properties: z.object({ confirmation_time: Milliseconds }),
  },
  webhook_modal_opened: {
    by: 'browser',
    planned: true,
    when: 'Somebody opens the list of webhooks, one of them, or the form of one.',
    question: 'How often do admins review webhook configurations?',
    properties: z.object({ existing_webhook_count: Count, view: z.enum(['list', 'details', 'form']) }),
  },
  webhook_added: {
    by: 'server',
    planned: true,
    when: 'A webhook is made.',
    question: 'What types of webhooks are most commonly configured?',
    properties: z.object({
      url_domain: z.string().max(253).describe('The host of the URL, nothing else of it.'),
      events_selected: z.array(EventType).max(200),
      validation_time: Milliseconds.describe('How long checking the URL took, in milliseconds.'),
    }),
  },
  webhook_toggled: {
    by: 'server',
    planned: true,
    when: 'Somebody switches a webhook on or off, pauses or resumes it.',
    question: 'Which webhooks are frequently enabled/disabled and why?',
    properties: z.object({ webhook_id: Id, new_status: z.enum(['active', 'paused', 'disabled']) }),
  },
  integration_health_checked: {
    by: 'server',
    planned: true,
    when: 'Somebody has an integration checked, alone or with all others; checks of the schedule do not count.',
    question: 'How proactive are admins in monitoring integration health?',
    properties: z.object({ integration_name: Provider, health_status: z.enum(['ok', 'problem']) }),
  },
  integration_dashboard_viewed: {
    by: 'browser',
    planned: true,
    when: 'The page of integrations is opened.',
    question: 'How often do utility admins check integration status?',
    properties: z.object({ connected_count: Count, available_count: Count }),
  },
  integration_card_clicked: {
    by: 'browser',
    planned: true,
    when: 'The card of a provider is opened.',
    question: 'Which integrations generate the most interest?',
    properties: z.object({
      integration_name: Provider,
      integration_status: z.enum(['connected', 'pending', 'available']),
    }),
  },
  category_filtered: {
    by: 'browser',
    planned: true,
    when: 'A category of the catalog is chosen.',
    question: 'Which integration categories are most relevant to business users?',
    properties: z.object({
      category_name: z.enum(Object.keys(providerCategories) as [ProviderCategory, ...ProviderCategory[]]),
      results_count: Count,
    }),
  },
  integration_connection_attempted: {
    by: 'server',
    planned: true,
    when: 'Somebody tries to connect a provider, with credentials or by consent.',
    question: 'What is the success rate of user-initiated connections?',
    properties: z.object({ integration_name: Provider, success_status: z.boolean() }),
  },
  webhook_event_selected: {
    by: 'browser',
    planned: true,
    when: 'An event is chosen in the form of a webhook.',
    question: 'Which webhook events are most valuable for business processes?',
    properties: z.object({ event_type: EventType, webhook_context: z.enum(['new', 'edit']) }),
  },
  integration_status_reviewed: {
    by: 'browser',
    planned: true,
    when: 'Somebody opens an integration, and when they do something about its status.',
    question: 'How do users respond to integration status changes?',
    properties: z.object({
      status_type: z.enum(integrationStatuses),
      action_taken: z.enum(['looked', 'tested', 'reconnected', 'switched']),
    }),
  },
  page_viewed: {
    by: 'browser',
    planned: false,
    when: 'A page is opened.',
    question: 'Which features are underutilized and may need better discoverability?',
    properties: z.object({ page: z.enum(trackedPages) }),
  },
  catalog_searched: {
    by: 'browser',
    planned: false,
    when: 'A search of the catalog has come to rest.',
    question: 'Where do users experience friction in the integration management workflow?',
    properties: z.object({
      term_length: Count.describe('Characters of what was searched for; never the words.'),
      results_count: Count,
    }),
  },
  webhook_save_failed: {
    by: 'browser',
    planned: false,
    when: 'The form of a webhook is sent and something in it is not right.',
    question: 'What are the common failure points in webhook configuration?',
    properties: z.object({
      field: z.enum(['name', 'url', 'events', 'retry', 'flow', 'other']),
      error_code: z
        .enum(['form', 'unreachable', ...(Object.keys(errorCodes) as ErrorCode[])])
        .describe('`form`: found by the form itself. Otherwise the code that the server answered with.'),
    }),
  },
  documentation_opened: {
    by: 'browser',
    planned: false,
    when: 'A link to documentation is followed.',
    question: 'Where do users experience friction in the integration management workflow?',
    properties: z.object({
      place: z.enum(['api_reference', 'error', 'provider']),
      page: z.enum(trackedPages).describe('Where the link was.'),
    }),
  },
} as const satisfies Record<string, TrackedEvent>;

export type TrackedEventName = keyof typeof trackingPlan;
export const trackedEventNames = Object.keys(trackingPlan) as TrackedEventName[];
export type PropertiesOf<Name extends TrackedEventName> = z.input<(typeof trackingPlan)[Name]['properties']>;

type BrowserEventName = {
  [Name in TrackedEventName]: (typeof trackingPlan)[Name]['by'] extends 'browser' ? Name : never;
}[TrackedEventName];
/** What a page may send. */
export type BrowserEvent = {
  [Name in BrowserEventName]: { event: Name; properties: PropertiesOf<Name> };
}[BrowserEventName];

const browserEventShapes = trackedEventNames
  .filter((name) => trackingPlan[name].by === 'browser')
  .map((name) =>
    z.strictObject({
      event: z.literal(name),
      properties: z.strictObject(trackingPlan[name].properties.shape),
    }),
  );

/** One event of a page: one of the plan's that a browser records, with its properties and nothing more. */
export const BrowserEvent = z.discriminatedUnion(
  'event',
  browserEventShapes as [(typeof browserEventShapes)[number], ...typeof browserEventShapes],
) as unknown as z.ZodType<BrowserEvent, BrowserEvent>;
