import { z } from 'zod';

/** What a live message may be about; a screen refetches the queries of the topics that it shows. */
export const liveTopics = [
  'webhooks',
  'deliveries',
  'dead_letters',
  'audit',
  'api_key',
  'api_usage',
  'members',
  'retry',
  'event_types',
  'bulk_jobs',
  'integrations',
  'catalog',
  'inbound',
  'exchange',
  'logs',
  'health',
  'actions',
  'automations',
  'failover',
  'alerts',
  'insights',
  'portal',
] as const;
export type LiveTopic = (typeof liveTopics)[number];

/** One server-sent event of `GET /api/live` (DASH-5): something changed, not what it is now. */
export const LiveMessage = z.object({
  topic: z.enum(liveTopics),
  ids: z.array(z.string()).optional().describe('Webhook ids where the topic has some.'),
  at: z.string(),
});
export type LiveMessage = z.infer<typeof LiveMessage>;
