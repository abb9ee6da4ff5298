import { z } from 'zod';
import { capabilityNames } from './capabilities.ts';
import { CheckProblem } from './checks.ts';
import { Empty, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { LastResortKind } from './last-resorts.ts';
import { defineOperation } from './operation.ts';

const tag = 'Actions';

/**
 * Where an action is: `queued` waits for its time, a limit or a retry; `running` is being sent; `succeeded` was done;
 * `failed` was certainly not done; `ambiguous` was sent and nobody knows whether it was done; `cancelled` was taken back
 * before anything was done.
 */
export const actionStatuses = ['queued', 'running', 'succeeded', 'failed', 'ambiguous', 'cancelled'] as const;
export const ActionStatus = z.enum(actionStatuses);
export type ActionStatus = z.infer<typeof ActionStatus>;

/** `sending`: on its way. The others as for the action; `succeeded` with a problem: the store answered that it does not have it. */
export const attemptOutcomes = ['sending', 'succeeded', 'failed', 'ambiguous'] as const;

export const ActionAttempt = z.object({
  number: z.number().int(),
  integrationId: Id,
  integrationName: z.string(),
  provider: z.string().describe('Slug of the provider.'),
  outcome: z.enum(attemptOutcomes),
  problem: CheckProblem.nullable(),
  startedAt: Timestamp,
  durationMs: z.number().int().nullable(),
});
export type ActionAttempt = z.infer<typeof ActionAttempt>;

const CapabilityNameSchema = z.enum(capabilityNames);

export const Action = z.object({
  id: Id,
  capability: CapabilityNameSchema,
  status: ActionStatus,
  integrationId: Id.nullable().describe('Who did it, or was asked last.'),
  integrationName: z.string().nullable(),
  problem: CheckProblem.nullable().describe('Why it failed, or why it still waits.'),
  attemptCount: z.number().int(),
  dueAt: Timestamp.nullable().describe('When it goes on; null when it has ended.'),
  sendAt: Timestamp.nullable().describe('The time that was asked for.'),
  bulkId: Id.nullable().describe('The bulk that it belongs to.'),
  lastResort: LastResortKind.nullable().describe('What holds or held it because everybody failed.'),
  lastResortAt: Timestamp.nullable().describe('Since when.'),
  createdAt: Timestamp,
  createdBy: z.string(),
  finishedAt: Timestamp.nullable(),
});
export type Action = z.infer<typeof Action>;

export const ActionDetail = Action.extend({
  result: z.unknown().describe('As the capability says; null unless it succeeded.'),
  attempts: z.array(ActionAttempt),
  todo: z
    .unknown()
    .describe('The input of one that a person has to do, for those who may run actions; else null.'),
});
export type ActionDetail = z.infer<typeof ActionDetail>;

export const runAction = defineOperation({
  name: 'runAction',
  procedure: 'actions.runAction',
  kind: 'mutation',
  tag,
  summary: 'Do something through whichever provider answers',
  description:
    'The fields of the capability’s input stand beside `integrationId` and `sendAt`; `GET /api/v1/capabilities` describes them. With an `Idempotency-Key` the same request again answers what the first one did. It waits for the outcome up to 30 seconds; with `Prefer: respond-async` it answers 202 at once. An answer of 200 says what became of it in `status`: a provider that refuses is `failed`, not an HTTP error.',
  permission: 'action.run',
  maxBodyBytes: 12 * 1_048_576,
  ownIdempotency: true,
  input: z.looseObject({
    capability: CapabilityNameSchema,
    integrationId: Id.optional().describe('The primary integration of the capability unless given.'),
    sendAt: Timestamp.optional().describe('Not before this time; at most 90 days ahead.'),
  }),
  output: ActionDetail,
  rest: [{ method: 'POST', path: '/api/v1/actions/{capability}', view: 'action', maybeAccepted: true }],
});

export const getAction = defineOperation({
  name: 'getAction',
  procedure: 'actions.getAction',
  kind: 'query',
  tag,
  summary: 'An action with its attempts and its result',
  description:
    'Results that were read (files, lists) are kept for a day, those of payroll.export for 7 days, others as long as the action: 30 days.',
  permission: 'action.read',
  input: z.object({ id: Id }),
  output: ActionDetail,
  rest: [{ method: 'GET', path: '/api/v1/actions/{id}' }],
});

export const listActions = defineOperation({
  name: 'listActions',
  procedure: 'actions.listActions',
  kind: 'query',
  tag,
  summary: 'Actions of the last 30 days, newest first',
  permission: 'action.read',
  input: PageInput.extend({
    status: ActionStatus.optional(),
    capability: CapabilityNameSchema.optional(),
    integrationId: Id.optional(),
    bulkId: Id.optional(),
    only: z
      .enum(['scheduled', 'last_resort'])
      .optional()
      .describe(
        '`scheduled`: those that wait for the time they were asked for; `last_resort`: those that wait because everybody failed.',
      ),
  }),
  output: pageOf(Action),
  rest: [{ method: 'GET', path: '/api/v1/actions' }],
});

export const cancelAction = defineOperation({
  name: 'cancelAction',
  procedure: 'actions.cancelAction',
  kind: 'mutation',
  tag,
  summary: 'Cancel an action that waits',
  description:
    'What is being sent or has ended cannot be cancelled. One of which an earlier try may have arrived ends as `ambiguous`.',
  permission: 'action.run',
  input: z.object({ id: Id }),
  output: Action,
  rest: [{ method: 'POST', path: '/api/v1/actions/{id}/cancel' }],
});

export const retryAction = defineOperation({
  name: 'retryAction',
  procedure: 'actions.retryAction',
  kind: 'mutation',
  tag,
  summary: 'Try an action again now that a last resort holds',
  permission: 'action.run',
  input: z.object({ id: Id }),
  output: Action,
  rest: [{ method: 'POST', path: '/api/v1/actions/{id}/retry' }],
});

export const completeAction = defineOperation({
  name: 'completeAction',
  procedure: 'actions.completeAction',
  kind: 'mutation',
  tag,
  summary: 'Say that a person has done what no integration could',
  description: 'For actions that wait with `lastResort: by_hand`.',
  permission: 'action.run',
  input: z.object({
    id: Id,
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .nullable()
      .default(null)
      .describe('Where it can be seen.'),
  }),
  output: ActionDetail,
  rest: [{ method: 'POST', path: '/api/v1/actions/{id}/complete' }],
});

export const listCapabilities = defineOperation({
  name: 'listCapabilities',
  procedure: 'actions.listCapabilities',
  kind: 'query',
  tag,
  summary: 'What can be done, in which shape, and by which integrations of the organization',
  permission: 'action.read',
  input: Empty,
  output: z.object({
    data: z.array(
      z.object({
        capability: CapabilityNameSchema,
        label: z.string(),
        summary: z.string(),
        effect: z.enum(['read', 'write']),
        input: z.record(z.string(), z.unknown()).describe('JSON Schema.'),
        output: z.record(z.string(), z.unknown()).describe('JSON Schema.'),
        providers: z.array(z.string()).describe('Slugs of the providers that can do it.'),
        primaryIntegrationId: Id.nullable().describe('Who is asked first; null: no integration can do it.'),
        integrationIds: z.array(Id).describe('Who could be asked, the primary first.'),
      }),
    ),
    nextCursor: z.null(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/capabilities' }],
});
