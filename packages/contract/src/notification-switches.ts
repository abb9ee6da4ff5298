import { z } from 'zod';
import { notificationKeys } from './automation-templates.ts';
import { Id } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Automations';

const Summary = z.object({
  hour: z.number().int().min(0).max(23).describe('Local hour of the time zone.'),
  timeZone: z.string().max(60).meta({ example: 'Europe/Berlin' }),
});

/** What an integration that posts in a chat tells of, by switches (S17 17.5). Each switch is an automation. */
export const NotificationSwitches = z.object({
  integrationId: Id,
  switches: z.array(
    z.object({
      key: z.enum(notificationKeys),
      enabled: z.boolean(),
      automationId: Id.nullable().describe('Null until it is switched on for the first time.'),
      changed: z
        .boolean()
        .describe('Somebody has changed its automation, so that it no longer is as it was made.'),
    }),
  ),
  summary: Summary.describe('When the daily summary is posted.'),
});
export type NotificationSwitches = z.infer<typeof NotificationSwitches>;

export const getNotificationSwitches = defineOperation({
  name: 'getNotificationSwitches',
  procedure: 'automations.getNotificationSwitches',
  kind: 'query',
  tag,
  summary: 'What a chat integration tells of, by switches',
  permission: 'automation.read',
  input: z.object({ integrationId: Id }),
  output: NotificationSwitches,
  rest: [{ method: 'GET', path: '/api/v1/integrations/{integrationId}/notifications' }],
});

export const updateNotificationSwitches = defineOperation({
  name: 'updateNotificationSwitches',
  procedure: 'automations.updateNotificationSwitches',
  kind: 'mutation',
  tag,
  summary: 'Switch what a chat integration tells of; each switch makes an automation, or turns it off',
  description: 'Messages go to the channel of the integration’s settings.',
  permission: 'automation.write',
  input: z.object({
    integrationId: Id,
    switches: z.partialRecord(z.enum(notificationKeys), z.boolean()).default({}),
    summary: Summary.optional(),
  }),
  output: NotificationSwitches,
  rest: [{ method: 'PATCH', path: '/api/v1/integrations/{integrationId}/notifications' }],
});
