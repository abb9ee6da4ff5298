import { createHash } from 'node:crypto';
import type { App } from '../../ctx.ts';
import type { InboundRequest } from '../../inbound/types.ts';
import { newIdIn, noteStored } from '../../tracing/traced-id.ts';
import { keptHeaders, keptTarget } from './kept-request.ts';

/** For so long the same bytes are one webhook, where nothing else recognizes a repetition. */
const sameBytesMs = 86_400_000;

export interface NewMessage {
  organizationId: string;
  sourceId: string;
  request: InboundRequest;
  /** Where it came from. */
  client: string;
  /** Null: a digest of the body recognizes repetitions. */
  replayKey: string | null;
}

/**
 * Stores a webhook, durably, in one statement. A repetition is counted on the one that came first.
 *
 * @returns its id; null for a repetition
 */
export async function storeMessage(
  app: Pick<App, 'pool' | 'newId' | 'clock' | 'tracer' | 'span'>,
  { organizationId, sourceId, request, client, replayKey }: NewMessage,
): Promise<string | null> {
  const digest = createHash('sha256').update(request.body).digest();
  const key = replayKey === null ? `sha256:${digest.toString('hex')}` : `id:${replayKey}`;
  const id = newIdIn(app);
  const now = app.clock();
  const oldest = replayKey === null ? new Date(now - sameBytesMs) : null;
  for (;;) {
    const { rows } = await app.pool.query<{ id: string }>({
      name: 'store_inbound_message',
      text: `
        INSERT INTO inbound_messages AS m (id, organization_id, source_id, replay_key, state, method, target,
          client_address, headers, body, sha256, due_at, received_at)
        VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, now(), $11)
        ON CONFLICT (source_id, replay_key) DO UPDATE SET repeats = m.repeats + 1
          WHERE $12::timestamptz IS NULL OR m.received_at > $12
        RETURNING id`,
      values: [
        id,
        organizationId,
        sourceId,
        key,
        request.method,
        keptTarget(request.url),
        client,
        JSON.stringify(keptHeaders(request.headers)),
        request.body,
        digest,
        new Date(now),
        oldest,
      ],
    });
    const [row] = rows;
    if (row !== undefined) {
      if (row.id !== id) return null;
      noteStored(app, id, {
        name: 'inbound webhook',
        kind: 'producer',
        startedAt: now,
        attributes: { 'trunkline.organization.id': organizationId, 'trunkline.inbound.id': id },
      });
      return id;
    }
    // The same bytes came before, and too long ago to be the same webhook: that one gives up its key.
    await app.pool.query(
      `UPDATE inbound_messages SET replay_key = replay_key || ' ' || id::text
       WHERE source_id = $1 AND replay_key = $2 AND received_at <= $3`,
      [sourceId, key, oldest],
    );
  }
}
