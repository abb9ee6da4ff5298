import { z } from 'zod';
import { interviewSyncKeys } from './automation-templates.ts';
import { Id } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Automations';

/** Whether a calendar gets the interviews of the product by itself (CONN-2, ACT-5). The switch is three automations. */
export const InterviewSync = z.object({
  integrationId: Id,
  enabled: z.boolean().describe('All of its automations are on.'),
  automations: z
    .array(
      z.object({
        key: z.enum(interviewSyncKeys),
        id: Id,
        name: z.string(),
        enabled: z.boolean(),
        changed: z.boolean().describe('Somebody has changed it, so that it no longer is as it was made.'),
      }),
    )
    .describe('None until it is switched on for the first time.'),
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
  summary:
    'Switch whether a calendar gets interviews by itself; on makes its automations, off turns them off',
  description:
    'Each `interview.scheduled` becomes an event in its default calendar, to which the participants are invited: one of the kind `video` with a video link of the calendar’s own, others with their location. `interview.rescheduled` moves the event, `interview.cancelled` removes it.',
  permission: 'automation.write',
  input: z.object({ integrationId: Id, enabled: z.boolean() }),
  output: InterviewSync,
  rest: [{ method: 'PATCH', path: '/api/v1/integrations/{integrationId}/interview-sync' }],
});
