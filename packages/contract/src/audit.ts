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
  'member.invitation_resent',
  'member.invitation_revoked',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'member.name_changed',
  'member.password_changed',
  'member.session_ended',
  'member.sessions_ended',
  'member.second_factor_added',
  'member.second_factor_removed',
  'member.second_factors_reset',
  'member.recovery_codes_made',
  'member.recovery_code_used',
  'member.passkey_renamed',
  'sign_in_policy.saved',
  'member.sso_linked',
  'sso.saved',
  'sso.deleted',
  'sso.domain_proved',
  'sso.domain_proof_missing',
  'sso.domain_lapsed',
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
  'api_key.updated',
  'api_key.revoked',
  'api_key.grace_ended',
  'api_key.scoped_keys_switched',
  'limits.updated',
  'portal_token.created',
  'portal_token.exchanged',
  'portal_token.reused',
  'portal_token.revoked',
  'portal.settings_updated',
  'integration.created',
  'integration.updated',
  'integration.enabled',
  'integration.disabled',
  'integration.tested',
  'integration.troubleshot',
  'integration.all_checked',
  'integration.disconnected',
  'integration.removed',
  'integration.credentials_replaced',
  'integration.credentials_staged',
  'integration.credentials_discarded',
  'integration.secret_revealed',
  'integration.connect_started',
  'integration.connect_failed',
  'integration.connected',
  'integration.authorization_revoked',
  'integration.reauthentication_required',
  'action.cancelled',
  'action.retried',
  'action.completed',
  'action_bulk.started',
  'action_bulk.cancelled',
  'action_bulk.retried',
  'automation.created',
  'automation.updated',
  'automation.enabled',
  'automation.disabled',
  'automation.deleted',
  'automation_run.retried',
  'automation_run.cancelled',
  'failover.updated',
  'failover.switched',
  'failover.restored',
  'failover.primary_changed',
  'failover.last_resort_changed',
  'failover.copy_retried',
  'inbound_source.created',
  'inbound_source.updated',
  'inbound_source.enabled',
  'inbound_source.disabled',
  'inbound_source.key_replaced',
  'inbound_source.deleted',
  'inbound_message.reprocessed',
  'inbound.settings_updated',
  'suppression.added',
  'suppression.removed',
  'oauth_app.saved',
  'oauth_app.deleted',
  'exchange_file.created',
  'exchange_file.received',
  'exchange_file.sent',
  'exchange_file.downloaded',
  'exchange_file.erased',
  'exchange_layout.saved',
  'audit.exported',
  'audit.settings_updated',
  'audit.records_removed',
  'audit.signing_started',
  'log.exported',
  'log.cleared',
  'log.settings_updated',
  'verification.started',
  'verification.settings_updated',
  'alert.acknowledged',
  'alert.snoozed',
  'alert.resolved',
  'alert_rule.updated',
  'alert_channel.created',
  'alert_channel.updated',
  'alert_channel.deleted',
  'alert_channel.tested',
  'quiet_hours.updated',
  'status_update.posted',
  'status_update.closed',
  'tracking.updated',
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
    type: z.enum(['user', 'api_key', 'portal', 'system']),
    id: z.string().nullable().describe('Of the person, key or portal token.'),
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

export const AuditFilter = z.object({
  action: z.string().max(60).optional().describe('An action, or its first word such as `webhook`.'),
  actorId: z.string().max(60).optional(),
  targetType: z.string().max(60).optional().describe('What kind of thing it happened to, such as `webhook`.'),
  targetId: z.string().max(300).optional(),
  since: Timestamp.optional().describe('The first moment.'),
  until: Timestamp.optional().describe('The first moment that no longer counts.'),
  search: z
    .string()
    .max(200)
    .optional()
    .describe('Part of a name, an address, a request id or a changed value; upper and lower case are one.'),
});

export const listAudit = defineOperation({
  name: 'listAudit',
  procedure: 'audit.listAudit',
  kind: 'query',
  tag,
  summary: 'Who did what, newest first',
  permission: 'audit.read',
  input: PageInput.extend(AuditFilter.shape),
  output: pageOf(AuditRecord),
  rest: [{ method: 'GET', path: '/api/v1/audit' }],
});

export const verifyAudit = defineOperation({
  name: 'verifyAudit',
  procedure: 'audit.verifyAudit',
  kind: 'query',
  tag,
  summary: 'Check the hash chain and the signatures of the audit log',
  permission: 'audit.read',
  input: Empty,
  output: z.object({
    ok: z.boolean(),
    checked: z.number().int().describe('Records that fit, from the first that is kept.'),
    brokenAt: z.number().int().nullable().describe('Sequence number of the first record that does not fit.'),
    reason: z.string().nullable(),
    removed: z.number().int().describe('Records that retention has removed; the first kept one is the next.'),
    checkpoints: z.number().int().describe('Signed checkpoints that the records go through.'),
    signedSince: z
      .number()
      .int()
      .nullable()
      .describe('The record with which signing began, where the log is older than signatures.'),
  }),
  rest: [{ method: 'GET', path: '/api/v1/audit/verify' }],
});

/**
 * A place of the log, signed: Ed25519 over the canonical JSON (RFC 8785) of
 * `{about: "trunkline audit log", at, hash, kind, organizationId, sequence}`.
 */
export const AuditCheckpoint = z.object({
  kind: z
    .enum(['checkpoint', 'cut'])
    .describe('`cut`: retention has removed everything up to it, the record itself included.'),
  organizationId: Id,
  sequence: z.number().int(),
  hash: z.string().describe('Of the record with this number.'),
  at: Timestamp,
  keyId: z.string(),
  signature: z.string().describe('Base64.'),
});
export type AuditCheckpoint = z.infer<typeof AuditCheckpoint>;

export const auditExportFormats = ['csv', 'ndjson'] as const;
export type AuditExportFormat = (typeof auditExportFormats)[number];

export const planAuditExport = defineOperation({
  name: 'planAuditExport',
  procedure: 'audit.planAuditExport',
  kind: 'query',
  tag,
  summary: 'How many records an export will have, and where to get it',
  description:
    'The address answers with the records as they are read, newest first, to the same session or API key. The last line is a signed checkpoint of the whole log: kept elsewhere, it shows whether the log was written anew since then (`trunkline audit verify --checkpoints`). Texts that a spreadsheet would take for a formula begin with an apostrophe in CSV.',
  permission: 'audit.read',
  fresh: true,
  input: AuditFilter.extend({
    format: z.enum(auditExportFormats),
    through: z.coerce
      .number()
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('The last record that counts; the newest unless given.'),
  }),
  output: z.object({
    rows: z.number().int(),
    more: z.boolean().describe('There are more than `rows`; they are all exported.'),
    path: z.string().meta({ example: '/api/v1/audit/export?format=csv' }),
    fileName: z.string(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/audit/export/plan' }],
});

/** Six years, as health insurance asks for it, unless an organization chooses. */
export const auditRetentionDays = { least: 90, most: 3650, normal: 2190 } as const;

const RetentionDays = z
  .number()
  .int()
  .min(auditRetentionDays.least)
  .max(auditRetentionDays.most)
  .describe('Records older than this are removed.');

/** What the product has found by verifying the log itself, about every quarter of an hour. */
export const AuditCheck = z.object({
  at: Timestamp,
  ok: z.boolean(),
  through: z.number().int().describe('The last record that was checked.'),
  wholeAt: Timestamp.nullable().describe(
    'When all records were last seen, which takes several checks; null: not yet.',
  ),
  failingSince: Timestamp.nullable(),
  brokenAt: z.number().int().nullable().describe('Sequence number of the first record that does not fit.'),
  reason: z.string().nullable(),
});

export const AuditSettings = z.object({
  retentionDays: RetentionDays,
  removed: z.number().int().describe('Records that retention has removed so far.'),
  publicKey: z
    .string()
    .describe('Ed25519, in PEM. Kept elsewhere, it tells checkpoints of this installation from others.'),
  keyId: z.string(),
  checkpoint: AuditCheckpoint.nullable().describe('The newest.'),
  check: AuditCheck.nullable().describe('The last check that the product made by itself; null: none yet.'),
});

export const getAuditSettings = defineOperation({
  name: 'getAuditSettings',
  procedure: 'audit.getAuditSettings',
  kind: 'query',
  tag,
  summary: 'How long records are kept, and with what they are signed',
  permission: 'audit.read',
  input: Empty,
  output: AuditSettings,
  rest: [{ method: 'GET', path: '/api/v1/audit/settings' }],
});

export const updateAuditSettings = defineOperation({
  name: 'updateAuditSettings',
  procedure: 'audit.updateAuditSettings',
  kind: 'mutation',
  tag,
  summary: 'Change how long records are kept',
  permission: 'audit.settings',
  fresh: true,
  input: z.object({ retentionDays: RetentionDays }),
  output: AuditSettings,
  rest: [{ method: 'PUT', path: '/api/v1/audit/settings' }],
});
