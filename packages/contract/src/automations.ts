import { z } from 'zod';
import { isTemplatePath } from './automation-template.ts';
import { capabilityNames } from './capabilities.ts';
import { CheckProblem } from './checks.ts';
import { ActionStatus } from './actions.ts';
import { Done, Empty, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { isEventPattern } from './event-pattern.ts';
import { defineOperation } from './operation.ts';

const tag = 'Automations';

export const maxAutomations = 200;
export const maxSteps = 5;

/** How a field of the event is looked at. `exists` and `missing` need no value; a null counts as missing. */
export const conditionOperators = [
  'is',
  'is_not',
  'contains',
  'at_least',
  'at_most',
  'exists',
  'missing',
] as const;

export const AutomationCondition = z
  .strictObject({
    field: z
      .string()
      .refine(
        (path) => isTemplatePath(path) && path.startsWith('event.'),
        'A field such as event.data.priority',
      )
      .meta({ example: 'event.data.priority' }),
    operator: z.enum(conditionOperators),
    value: z.string().max(500).default(''),
  })
  .refine(
    ({ operator, value }) =>
      !['at_least', 'at_most'].includes(operator) || (value !== '' && Number.isFinite(Number(value))),
    { message: 'A number', path: ['value'] },
  );
export type AutomationCondition = z.infer<typeof AutomationCondition>;

/** What makes an automation run: an event whose conditions all hold, or a time of day. */
export const AutomationTrigger = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('event'),
    events: z
      .array(z.string().refine(isEventPattern, 'A type such as job.created, a prefix such as job.*, or *'))
      .min(1)
      .max(20)
      .meta({ example: ['conversation.created'] }),
    conditions: z.array(AutomationCondition).max(10).default([]),
  }),
  z.strictObject({
    kind: z.literal('daily'),
    hour: z.number().int().min(0).max(23).describe('Local hour of the time zone.'),
    timeZone: z.string().max(60).meta({ example: 'Europe/Berlin' }),
  }),
]);
export type AutomationTrigger = z.infer<typeof AutomationTrigger>;

export const AutomationStep = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,29}$/, 'Lower-case letters, digits and _, beginning with a letter')
    .describe('Later steps name it: `{{ steps.meeting.joinUrl }}`.')
    .meta({ example: 'post' }),
  capability: z.enum(capabilityNames),
  integrationId: Id.nullable().default(null).describe('Null: the primary of the capability.'),
  input: z
    .record(z.string().max(100), z.unknown())
    .refine((input) => JSON.stringify(input).length <= 32_768, 'At most 32 KiB')
    .describe('Input of the capability; its texts may hold placeholders such as `{{ event.data.title }}`.'),
});
export type AutomationStep = z.infer<typeof AutomationStep>;

const Steps = z
  .array(AutomationStep)
  .min(1)
  .max(maxSteps)
  .refine(
    (steps) => new Set(steps.map(({ name }) => name)).size === steps.length,
    'Every step has a name of its own',
  );

const Name = z.string().trim().min(1).max(100).meta({ example: 'Escalations to Slack' });
const RunsPerHour = z.number().int().min(1).max(10_000);

export const AutomationFields = z.object({
  name: Name,
  enabled: z.boolean().default(true),
  trigger: AutomationTrigger,
  steps: Steps,
  runsPerHour: RunsPerHour.default(600).describe('Runs that may begin in an hour; more wait.'),
  template: z.string().max(60).nullable().default(null).describe('Slug of the template it was made from.'),
});
export type AutomationFields = z.output<typeof AutomationFields>;

export const Automation = z.object({
  id: Id,
  name: z.string(),
  enabled: z.boolean(),
  trigger: AutomationTrigger,
  steps: z.array(AutomationStep),
  runsPerHour: z.number().int(),
  template: z.string().nullable(),
  integrationId: Id.nullable().describe('The integration whose page has a switch for it.'),
  problem: z
    .string()
    .nullable()
    .describe('Why its runs cannot succeed just now; null when nothing is known.'),
  nextAt: Timestamp.nullable().describe('When a daily one runs next.'),
  lastRunAt: Timestamp.nullable(),
  succeeded30d: z.number().int(),
  waiting: z.number().int().describe('Runs that are not finished; counted up to 10,000.'),
  deadLettered: z
    .number()
    .int()
    .describe('Runs that were given up and can be retried; counted up to 10,000.'),
  createdAt: Timestamp,
  createdBy: z.string(),
  updatedAt: Timestamp,
});
export type Automation = z.infer<typeof Automation>;

/**
 * Where a run is: `queued` waits for its turn or for another try, `running` is being worked on, `waiting` has an action on
 * its way; `dead_lettered` was given up and can be retried.
 */
export const runStatuses = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'dead_lettered',
  'cancelled',
] as const;
export const AutomationRunStatus = z.enum(runStatuses);
export type AutomationRunStatus = z.infer<typeof AutomationRunStatus>;

export const AutomationRun = z.object({
  id: Id,
  automationId: Id,
  automationName: z.string(),
  status: AutomationRunStatus,
  eventId: z.string().nullable().describe('Id of the event that made it run; null for a time of day.'),
  eventType: z.string().nullable(),
  round: z.number().int().describe('Grows by one with every retry by a person.'),
  problem: CheckProblem.nullable().describe('Why it was given up, or why it still waits.'),
  dueAt: Timestamp.nullable().describe('When it is looked at again; null when it has ended.'),
  createdAt: Timestamp,
  finishedAt: Timestamp.nullable(),
});
export type AutomationRun = z.infer<typeof AutomationRun>;

export const AutomationRunStep = z.object({
  round: z.number().int(),
  number: z.number().int(),
  name: z.string(),
  capability: z.enum(capabilityNames),
  status: z.enum(['running', 'succeeded', 'failed', 'ambiguous', 'cancelled']),
  actionId: Id.nullable(),
  actionStatus: ActionStatus.nullable().describe('Null when the action is not kept any more.'),
  integrationName: z.string().nullable(),
  problem: CheckProblem.nullable(),
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
});
export type AutomationRunStep = z.infer<typeof AutomationRunStep>;

export const AutomationRunDetail = AutomationRun.extend({
  event: z
    .object({
      id: z.string(),
      type: z.string(),
      timestamp: z.string(),
      data: z
        .unknown()
        .describe('As placeholders find it: whole numbers beyond 2^53 are texts of their digits.'),
      dataJson: z.string().describe('The data as JSON, with every number exactly as it came.'),
    })
    .nullable()
    .describe('Null for a time of day, and when the event is not kept any more.'),
  steps: z.array(AutomationRunStep),
});
export type AutomationRunDetail = z.infer<typeof AutomationRunDetail>;

/** What a draft comes to with an example. */
export const AutomationCheck = z.object({
  example: z
    .object({ type: z.string(), event: z.record(z.string(), z.unknown()) })
    .nullable()
    .describe('The event that it was tried with; null for a time of day.'),
  matches: z.boolean().describe('The conditions hold for the example.'),
  paths: z
    .array(z.object({ path: z.string(), value: z.string() }))
    .describe('What placeholders may name, with the example’s values.'),
  steps: z.array(
    z.object({
      name: z.string(),
      input: z.unknown().describe('As it would be sent; null when it cannot be filled.'),
      issues: z.array(z.object({ pointer: z.string(), detail: z.string() })),
      providedBy: z
        .array(z.string())
        .describe('Names of the integrations that would be asked, in order; empty: nobody can do it.'),
      providers: z.array(z.string()).describe('Names of the providers that can be connected for it.'),
    }),
  ),
});
export type AutomationCheck = z.infer<typeof AutomationCheck>;

export const listAutomations = defineOperation({
  name: 'listAutomations',
  procedure: 'automations.listAutomations',
  kind: 'query',
  tag,
  summary: 'Automations: what happens by itself after an event or at a time of day',
  permission: 'automation.read',
  input: Empty,
  output: z.object({ data: z.array(Automation), nextCursor: z.null() }),
  rest: [{ method: 'GET', path: '/api/v1/automations' }],
});

export const getAutomation = defineOperation({
  name: 'getAutomation',
  procedure: 'automations.getAutomation',
  kind: 'query',
  tag,
  summary: 'One automation',
  permission: 'automation.read',
  input: z.object({ id: Id }),
  output: Automation,
  rest: [{ method: 'GET', path: '/api/v1/automations/{id}' }],
});

export const createAutomation = defineOperation({
  name: 'createAutomation',
  procedure: 'automations.createAutomation',
  kind: 'mutation',
  tag,
  summary: 'Make an automation; its inputs are tried with the examples of its event types',
  permission: 'automation.write',
  input: AutomationFields,
  output: Automation,
  rest: [{ method: 'POST', path: '/api/v1/automations', status: 201 }],
});

export const updateAutomation = defineOperation({
  name: 'updateAutomation',
  procedure: 'automations.updateAutomation',
  kind: 'mutation',
  tag,
  summary: 'Change an automation, or switch it on or off',
  description:
    'Runs that have begun go on with what is saved last; what they have done is not done again. Switched off, what has not begun is cancelled.',
  permission: 'automation.write',
  input: z.object({
    id: Id,
    name: Name.optional(),
    enabled: z.boolean().optional(),
    trigger: AutomationTrigger.optional(),
    steps: Steps.optional(),
    runsPerHour: RunsPerHour.optional(),
  }),
  output: Automation,
  rest: [{ method: 'PATCH', path: '/api/v1/automations/{id}' }],
});

export const deleteAutomation = defineOperation({
  name: 'deleteAutomation',
  procedure: 'automations.deleteAutomation',
  kind: 'mutation',
  tag,
  summary: 'Delete an automation; what has not begun is cancelled, its history stays',
  permission: 'automation.write',
  input: z.object({ id: Id }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/automations/{id}', status: 204 }],
});

export const checkAutomation = defineOperation({
  name: 'checkAutomation',
  procedure: 'automations.checkAutomation',
  kind: 'mutation',
  tag,
  summary: 'Try a draft with an example; nothing is saved and nothing is sent',
  permission: 'automation.write',
  input: z.object({
    trigger: AutomationTrigger,
    steps: z.array(AutomationStep).max(maxSteps),
    example: z
      .string()
      .max(120)
      .optional()
      .describe('The event type whose example is taken; the first that matches unless given.'),
  }),
  output: AutomationCheck,
  rest: [{ method: 'POST', path: '/api/v1/automations/check' }],
});

export const listAutomationRuns = defineOperation({
  name: 'listAutomationRuns',
  procedure: 'automations.listAutomationRuns',
  kind: 'query',
  tag,
  summary: 'Runs of automations, newest first; finished ones are kept for 30 days',
  permission: 'automation.read',
  input: PageInput.extend({ automationId: Id.optional(), status: AutomationRunStatus.optional() }),
  output: pageOf(AutomationRun),
  rest: [{ method: 'GET', path: '/api/v1/automation-runs' }],
});

export const getAutomationRun = defineOperation({
  name: 'getAutomationRun',
  procedure: 'automations.getAutomationRun',
  kind: 'query',
  tag,
  summary: 'A run with its event, its steps and their actions',
  permission: 'automation.read',
  input: z.object({ id: Id }),
  output: AutomationRunDetail,
  rest: [{ method: 'GET', path: '/api/v1/automation-runs/{id}' }],
});

export const retryAutomationRun = defineOperation({
  name: 'retryAutomationRun',
  procedure: 'automations.retryAutomationRun',
  kind: 'mutation',
  tag,
  summary: 'Try a run again now; steps that were done are not done again',
  permission: 'automation.write',
  input: z.object({ id: Id }),
  output: AutomationRun,
  rest: [{ method: 'POST', path: '/api/v1/automation-runs/{id}/retry', status: 202 }],
});

export const retryDeadRuns = defineOperation({
  name: 'retryDeadRuns',
  procedure: 'automations.retryDeadRuns',
  kind: 'mutation',
  tag,
  summary: 'Retry the runs of an automation that were given up, oldest first, up to 1,000 at a time',
  permission: 'automation.write',
  input: z.object({ id: Id }),
  output: z.object({ retried: z.number().int() }),
  rest: [{ method: 'POST', path: '/api/v1/automations/{id}/retry-dead-letters', status: 202 }],
});

export const cancelAutomationRun = defineOperation({
  name: 'cancelAutomationRun',
  procedure: 'automations.cancelAutomationRun',
  kind: 'mutation',
  tag,
  summary: 'Stop a run; a call that is on its way just now is not called back',
  permission: 'automation.write',
  input: z.object({ id: Id }),
  output: AutomationRun,
  rest: [{ method: 'POST', path: '/api/v1/automation-runs/{id}/cancel' }],
});
