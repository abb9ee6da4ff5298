import type { InboundMessage, InboundState } from '@trunkline/contract/inbound';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';

interface MessageRow extends Omit<InboundMessage, 'receivedAt' | 'processedAt'> {
  receivedAt: Date;
  processedAt: Date | null;
}

const columns = `m.id, m.source_id AS "sourceId", s.name AS "sourceName", s.provider, m.state, m.kind,
  octet_length(m.body) AS bytes, m.repeats, m.events, m.event_count AS "eventCount", m.attempts, m.error,
  m.received_at AS "receivedAt", m.processed_at AS "processedAt"`;

const from = `FROM inbound_messages m
  JOIN inbound_sources s ON s.organization_id = m.organization_id AND s.id = m.source_id
  WHERE m.organization_id = current_organization()`;

export interface MessageFilter {
  sourceId?: string | undefined;
  state?: InboundState | undefined;
  since?: string | undefined;
  before: string | undefined;
}

/** Messages of the organization, the newest first. */
export async function listMessageRows(tx: Tx, filter: MessageFilter, limit: number): Promise<MessageRow[]> {
  return tx.query<MessageRow>(
    `SELECT ${columns} ${from} AND ($1::uuid IS NULL OR m.source_id = $1) AND ($2::text IS NULL OR m.state = $2)
       AND ($3::timestamptz IS NULL OR m.received_at >= $3) AND ($4::uuid IS NULL OR m.id < $4)
     ORDER BY m.id DESC LIMIT $5`,
    [filter.sourceId ?? null, filter.state ?? null, filter.since ?? null, filter.before ?? null, limit],
  );
}

export function presentMessage({ receivedAt, processedAt, ...row }: MessageRow): InboundMessage {
  return {
    ...row,
    receivedAt: receivedAt.toISOString(),
    processedAt: processedAt?.toISOString() ?? null,
  };
}

/** What only the page of one message shows. */
export interface MessageContent {
  method: string;
  address: string;
  headers: Record<string, string>;
  /** Its first bytes. */
  start: Buffer;
  sha256: string;
}

/** A message with up to `bytes` bytes of its body. @throws AppError `not_found` */
export async function readMessage(tx: Tx, id: string, bytes: number): Promise<MessageRow & MessageContent> {
  const [row] = await tx.query<MessageRow & MessageContent>(
    `SELECT ${columns}, m.method, m.client_address AS address, m.headers, substring(m.body FROM 1 FOR $2) AS start,
       encode(m.sha256, 'hex') AS sha256
     ${from} AND m.id = $1`,
    [id, bytes],
  );
  if (!row) throw notFound('inbound webhook');
  return row;
}
