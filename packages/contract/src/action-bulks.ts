import { z } from 'zod';
import { actionStatuses } from './actions.ts';
import { capabilityNames } from './capabilities.ts';
import { Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Actions';

/** How many actions may be asked for at once. */
export const mostInBulk = 1_000;

/** Many actions of one capability that were asked for at once. */
export const ActionBulk = z.object({
  id: Id,
  capability: z.enum(capabilityNames),
  total: z.number().int(),
  counts: z.record(z.enum(actionStatuses), z.number().int()).describe('How many are in which state.'),
  unfinished: z.number().int().describe('Those that are queued or running; 0 when all have ended.'),
  retryable: z.number().int().describe('Failed ones whose input is still kept.'),
  createdAt: Timestamp,
  createdBy: z.string(),
});
export type ActionBulk = z.infer<typeof ActionBulk>;

const byId = z.object({ id: Id });

export const startActionBulk = defineOperation({
  name: 'startActionBulk',
  procedure: 'actions.startActionBulk',
  kind: 'mutation',
  tag,
  summary: 'Do the same for many: up to 1,000 actions of one capability',
  description:
    'Every input becomes an action of its own, with the same checks as a single one; when one is wrong none is taken. All are stored before the answer, and done through the queue within the limits of the integration. With an `Idempotency-Key` the same request again answers the same bulk, and the key of each action is that key, a slash and its place from 0.',
  permission: 'action.run',
  maxBodyBytes: 12 * 1_048_576,
  ownIdempotency: true,
  input: z.object({
    capability: z.enum(capabilityNames),
    integrationId: Id.optional().describe('The primary integration of the capability unless given.'),
    sendAt: Timestamp.optional().describe('Not before this time; at most 90 days ahead.'),
    inputs: z
      .array(z.record(z.string(), z.unknown()))
      .min(1)
      .max(mostInBulk)
      .describe('Each as the capability says.'),
  }),
  output: ActionBulk,
  rest: [{ method: 'POST', path: '/api/v1/actions/bulk', status: 202 }],
});

export const listActionBulks = defineOperation({
  name: 'listActionBulks',
  procedure: 'actions.listActionBulks',
  kind: 'query',
  tag,
  summary: 'Bulks of actions of the last 30 days, newest first, with their progress',
  permission: 'action.read',
  input: PageInput,
  output: pageOf(ActionBulk),
  rest: [{ method: 'GET', path: '/api/v1/actions/bulk' }],
});

export const getActionBulk = defineOperation({
  name: 'getActionBulk',
  procedure: 'actions.getActionBulk',
  kind: 'query',
  tag,
  summary: 'Progress of a bulk of actions',
  description: 'Its actions: `GET /api/v1/actions?bulkId=…`, the failed ones with `status=failed`.',
  permission: 'action.read',
  input: byId,
  output: ActionBulk,
  rest: [{ method: 'GET', path: '/api/v1/actions/bulk/{id}' }],
});

export const cancelActionBulk = defineOperation({
  name: 'cancelActionBulk',
  procedure: 'actions.cancelActionBulk',
  kind: 'mutation',
  tag,
  summary: 'Cancel what a bulk has not begun yet',
  permission: 'action.run',
  input: byId,
  output: ActionBulk,
  rest: [{ method: 'POST', path: '/api/v1/actions/bulk/{id}/cancel' }],
});

export const retryActionBulk = defineOperation({
  name: 'retryActionBulk',
  procedure: 'actions.retryActionBulk',
  kind: 'mutation',
  tag,
  summary: 'Try the failed actions of a bulk again',
  description:
    'Only those that were certainly not done, and for a day after they failed: then what was to be sent is erased.',
  permission: 'action.run',
  input: byId,
  output: ActionBulk,
  rest: [{ method: 'POST', path: '/api/v1/actions/bulk/{id}/retry' }],
});
