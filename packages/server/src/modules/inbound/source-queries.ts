import type { InboundSource, InboundSignature } from '@trunkline/contract/inbound';
import { connectionColumns, connectionJoins } from '../../connections/load-connection.ts';
import type { StoredConnection } from '../../connections/load-connection.ts';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import type { KeyedSource } from './source-keys.ts';

/** A source as it is stored, with its integration. */
export interface StoredSource extends KeyedSource {
  address: string;
  providerSlug: string;
  sourceName: string;
  integrationId: string | null;
  sourceEnabled: boolean;
  proposedKeyBox: Buffer | null;
  proposal: InboundSource['proposal'];
  signature: InboundSignature | null;
  switchedOff: string[];
  networks: string[];
  perMinute: number;
  createdAt: Date;
  createdBy: string;
  updatedAt: Date;
}

/** A row of {@link sourceColumns}: the integration's columns stand beside the source's. */
export type SourceRow = Omit<StoredSource, 'connection'> & { [Column in keyof StoredConnection]: unknown };

/** Columns of a source `s`; {@link sourceJoins} stand behind it. */
export const sourceColumns = `s.id AS "sourceId", s.organization_id AS "organizationId", s.address,
  s.provider AS "providerSlug", s.name AS "sourceName", s.integration_id AS "integrationId",
  s.enabled AS "sourceEnabled", s.key_box AS "keyBox", s.previous_key_box AS "previousKeyBox",
  s.previous_key_until AS "previousKeyUntil", s.proposed_key_box AS "proposedKeyBox", s.proposal, s.signature, s.switched_off AS "switchedOff", s.networks,
  s.per_minute AS "perMinute", s.created_at AS "createdAt", s.created_by AS "createdBy", s.updated_at AS "updatedAt",
  ${connectionColumns}`;

/** The integration of a source, unless it was disconnected. */
export const sourceJoins = `LEFT JOIN integrations i ON i.organization_id = s.organization_id
    AND i.id = s.integration_id AND i.deleted_at IS NULL${connectionJoins("'current'")}`;

/** A row as a source. */
export function sourceOf(row: SourceRow): StoredSource {
  return { ...row, connection: row.id === null ? null : (row as unknown as StoredConnection) };
}

/** What a list shows of a source beside its settings. */
export interface SourceActivity {
  lastReceivedAt: Date | null;
  lastEventType: string | null;
  received24h: number;
  refused24h: number;
  failed: number;
  refusedAt: Date | null;
  refusalReason: string | null;
  refusalAddress: string | null;
}

const activity = `
  (SELECT m.received_at FROM inbound_messages m WHERE m.source_id = s.id ORDER BY m.id DESC LIMIT 1)
    AS "lastReceivedAt",
  (SELECT m.events -> 0 ->> 'type' FROM inbound_messages m WHERE m.source_id = s.id AND m.event_count > 0
    ORDER BY m.id DESC LIMIT 1) AS "lastEventType",
  coalesce(h.received, 0)::int AS "received24h", coalesce(h.refused, 0)::int AS "refused24h",
  (SELECT count(*)::int FROM (SELECT FROM inbound_messages m WHERE m.source_id = s.id AND m.state = 'failed'
    LIMIT 10000) m) AS failed,
  r.at AS "refusedAt", r.reason AS "refusalReason", r.address AS "refusalAddress"`;

const activityJoins = `
  LEFT JOIN LATERAL (SELECT sum(received) AS received, sum(refused) AS refused FROM inbound_hours h
    WHERE h.source_id = s.id AND h.hour > now() - interval '24 hours') h ON true
  LEFT JOIN inbound_refusals r ON r.source_id = s.id`;

export interface SourceFilter {
  id?: string | undefined;
  integrationId?: string | undefined;
  provider?: string | undefined;
}

/** Sources of the organization that are not deleted, the oldest first, with what happened at them. */
export async function listSources(tx: Tx, filter: SourceFilter): Promise<(StoredSource & SourceActivity)[]> {
  const rows = await tx.query<SourceRow & SourceActivity>(
    `SELECT ${sourceColumns}, ${activity} FROM inbound_sources s ${sourceJoins} ${activityJoins}
     WHERE s.organization_id = current_organization() AND s.deleted_at IS NULL AND ($1::uuid IS NULL OR s.id = $1)
       AND ($2::uuid IS NULL OR s.integration_id = $2) AND ($3::text IS NULL OR s.provider = $3)
     ORDER BY s.id`,
    [filter.id ?? null, filter.integrationId ?? null, filter.provider ?? null],
  );
  return rows.map((row) => ({ ...row, ...sourceOf(row) }));
}

/** @throws AppError `not_found` */
export async function readSource(tx: Tx, id: string): Promise<StoredSource & SourceActivity> {
  const [source] = await listSources(tx, { id });
  if (!source) throw notFound('source of inbound webhooks');
  return source;
}

/** The source of a message, also when it was deleted. */
export async function readSourceOfMessage(tx: Tx, messageId: string): Promise<StoredSource> {
  const [row] = await tx.query<SourceRow>(
    `SELECT ${sourceColumns} FROM inbound_messages m
     JOIN inbound_sources s ON s.organization_id = m.organization_id AND s.id = m.source_id ${sourceJoins}
     WHERE m.organization_id = current_organization() AND m.id = $1`,
    [messageId],
  );
  if (!row) throw notFound('inbound webhook');
  return sourceOf(row);
}

/** Keeps others from changing the source until the transaction ends. @throws AppError `not_found` */
export async function lockSource(tx: Tx, id: string): Promise<void> {
  const rows = await tx.query(
    `SELECT FROM inbound_sources WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL
     FOR UPDATE`,
    [id],
  );
  if (rows.length === 0) throw notFound('source of inbound webhooks');
}

/** What an audit record shows of a source. */
export function auditView(source: StoredSource): Record<string, unknown> {
  const { providerSlug, sourceName, sourceEnabled, signature, switchedOff, networks, perMinute } = source;
  return {
    provider: providerSlug,
    name: sourceName,
    enabled: sourceEnabled,
    signature,
    switchedOff,
    allowedAddresses: networks,
    perMinute,
  };
}

/** The last refusal as the list shows it. */
export function lastRefusal(activity: SourceActivity): InboundSource['lastRefusal'] {
  const { refusedAt, refusalReason, refusalAddress } = activity;
  if (refusedAt === null || refusalReason === null || refusalAddress === null) return null;
  return { at: refusedAt.toISOString(), reason: refusalReason, address: refusalAddress };
}
