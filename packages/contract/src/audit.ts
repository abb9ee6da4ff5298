import { z } from 'zod';
import { Empty, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Audit';

/** Every act that leaves a record; the first word is what it happened to. */
export const auditActions = [
  'organization.created',
  'member.signed_in',
  'member.signed_out',
  'member.reauthenticated',
  'member.invited',
  'member.invitation_revoked',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'webhook.created',
  'webhook.updated',
  'webhook.enabled',
  'webhook.disabled',
  'webhook.paused',
  'webhook.resumed',
  'webhook.probed',
  'webhook.deleted',
  'webhook.tested',
  'webhook.secret_regenerated',
  'webhook.secret_revealed',
  'delivery.replayed',
  'delivery.failed_replayed',
  'webhook.recovered',
  'dead_letter.retried',
  'dead_letter.cleared',
  'bulk_job.paused',
  'bulk_job.resumed',
  'bulk_job.cancelled',
  'bulk_job.rate_changed',
  'retry_config.updated',
  'api_key.created',
  'api_key.revealed',
  'api_key.copied',
  'api_key.regenerated',
  'integration.created',
  'integration.updated',
  'integration.enabled',
  'integration.disabled',
  'integration.tested',
  'integration.disconnected',
  'integration.credentials_replaced',
  'integration.credentials_staged',
  'integration.credentials_discarded',
  'integration.secret_revealed',
  'integration.connect_started',
  'integration.connect_failed',
  'integration.connected',
  'integration.authorization_revoked',
  'integration.reauthentication_required',
  'oauth_app.saved',
  'oauth_app.deleted',
  'exchange_file.created',
  'exchange_file.received',
  'exchange_file.sent',
  'exchange_file.downloaded',
  'exchange_file.erased',
  'exchange_layout.saved',
  'log.exported',
  'log.cleared',
  'log.settings_updated',
  'event_type.saved',
  'event_type.deleted',
  'catalog.curated',
  'custom_provider.created',
  'custom_provider.updated',
  'custom_provider.deleted',
] as const;
export type AuditAction = (typeof auditActions)[number];

export const AuditRecord = z.object({
  id: Id,
  sequence: z.number().int().describe('Counts up by one within the organization.'),
  occurredAt: Timestamp,
  action: z.enum(auditActions),
  actor: z.object({
    type: z.enum(['user', 'api_key', 'system']),
    id: z.string().nullable(),
    name: z.string(),
  }),
  target: z.object({ type: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  context: z.object({
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
  }),
  changes: z
    .record(z.string(), z.object({ before: z.unknown(), after: z.unknown() }))
    .describe('Changed fields. Secrets appear as «changed», never with their value.'),
  hash: z.string().describe('SHA-256 over the previous record and this one.'),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

export const listAudit = defineOperation({
  name: 'listAudit',
  procedure: 'audit.listAudit',
  kind: 'query',
  tag,
  summary: 'Who did what, newest first',
  permission: 'audit.read',
  input: PageInput.extend({
    action: z.string().max(60).optional().describe('An action, or its first word such as `webhook`.'),
    actorId: z.string().max(60).optional(),
    targetId: z.string().max(60).optional(),
    since: Timestamp.optional(),
    until: Timestamp.optional(),
  }),
  output: pageOf(AuditRecord),
  rest: [{ method: 'GET', path: '/api/v1/audit' }],
});

export const verifyAudit = defineOperation({
  name: 'verifyAudit',
  procedure: 'audit.verifyAudit',
  kind: 'query',
  tag,
  summary: 'Check the hash chain of the audit log',
  permission: 'audit.read',
  input: Empty,
  output: z.object({
    ok: z.boolean(),
    checked: z.number().int(),
    brokenAt: z.number().int().nullable().describe('Sequence number of the first record that does not fit.'),
    reason: z.string().nullable(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/audit/verify' }],
});
