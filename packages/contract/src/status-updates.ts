import { z } from 'zod';
import { AlertSeverity } from './alert-rules.ts';
import { Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Status updates';

/** What the people who look after integrations tell everybody of the organization (UC §9.3). */
export const StatusUpdate = z.object({
  id: Id,
  text: z.string(),
  severity: AlertSeverity,
  integrations: z.array(z.object({ id: Id, name: z.string() })).describe('Those that it is about.'),
  resolved: z.boolean().describe('It tells that a matter is over.'),
  postedAt: Timestamp,
  postedBy: z.string(),
  closedAt: Timestamp.nullable().describe('Until then everybody sees it on every page.'),
  closedBy: z.string().nullable(),
});
export type StatusUpdate = z.infer<typeof StatusUpdate>;

export const listStatusUpdates = defineOperation({
  name: 'listStatusUpdates',
  procedure: 'alerts.listStatusUpdates',
  kind: 'query',
  tag,
  summary: 'Status updates, newest first',
  permission: 'alert.read',
  input: PageInput.extend({ state: z.enum(['all', 'current']).default('all') }),
  output: pageOf(StatusUpdate),
  rest: [{ method: 'GET', path: '/api/v1/status-updates' }],
});

export const postStatusUpdate = defineOperation({
  name: 'postStatusUpdate',
  procedure: 'alerts.postStatusUpdate',
  kind: 'mutation',
  tag,
  summary: 'Tell everybody of the organization, on every page until it is closed',
  permission: 'status_update.write',
  input: z.object({
    text: z.string().trim().min(1).max(1_000),
    severity: AlertSeverity.default('warning'),
    integrationIds: z.array(Id).max(50).default([]),
    resolved: z.boolean().default(false),
    channelIds: z.array(Id).max(50).default([]).describe('Channels that it is also sent through.'),
  }),
  output: StatusUpdate,
  rest: [{ method: 'POST', path: '/api/v1/status-updates', status: 201 }],
});

export const closeStatusUpdate = defineOperation({
  name: 'closeStatusUpdate',
  procedure: 'alerts.closeStatusUpdate',
  kind: 'mutation',
  tag,
  summary: 'Take a status update off the pages',
  permission: 'status_update.write',
  input: z.object({ id: Id }),
  output: StatusUpdate,
  rest: [{ method: 'POST', path: '/api/v1/status-updates/{id}/close' }],
});
