import { z } from 'zod';
import { Id } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Automations';

/** Whether a calendar gets the video interviews of the product by itself (CONN-2, ACT-5). The switch is an automation. */
export const InterviewSync = z.object({
  integrationId: Id,
  enabled: z.boolean(),
  automationId: Id.nullable().describe('Null until it is switched on for the first time.'),
  changed: z
    .boolean()
    .describe('Somebody has changed its automation, so that it no longer is as it was made.'),
});
export type InterviewSync = z.infer<typeof InterviewSync>;

export const getInterviewSync = defineOperation({
  name: 'getInterviewSync',
  procedure: 'automations.getInterviewSync',
  kind: 'query',
  tag,
  summary: 'Whether a calendar gets interviews by itself',
  permission: 'automation.read',
  input: z.object({ integrationId: Id }),
  output: InterviewSync,
  rest: [{ method: 'GET', path: '/api/v1/integrations/{integrationId}/interview-sync' }],
});

export const updateInterviewSync = defineOperation({
  name: 'updateInterviewSync',
  procedure: 'automations.updateInterviewSync',
  kind: 'mutation',
  tag,
  summary: 'Switch whether a calendar gets interviews by itself; on makes an automation, off turns it off',
  description:
    'Each `interview.scheduled` of the kind `video` becomes an event with a video link of the calendar’s own, in its default calendar, and its participants are invited.',
  permission: 'automation.write',
  input: z.object({ integrationId: Id, enabled: z.boolean() }),
  output: InterviewSync,
  rest: [{ method: 'PATCH', path: '/api/v1/integrations/{integrationId}/interview-sync' }],
});
