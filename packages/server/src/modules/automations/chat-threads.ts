import type { App, Tx } from '../../ctx.ts';
import { parseExact, writeExact } from '../../lib/exact-json.ts';

/*
 * Answers from a chat (ACT-4, S17 17.5). A message that an automation posts for a conversation of the product begins a
 * thread; what people write in that thread is an answer of that conversation.
 */

/** For so long answers in a thread find their conversation. */
const keptDays = 90;
const longestId = 300;

/** The conversation that an event is about: its own id, or the one that it names. Null: none. */
export function conversationOf(event: { type: string; data: unknown } | undefined): string | null {
  if (typeof event?.data !== 'object' || event.data === null) return null;
  const { id, conversationId } = event.data as { id?: unknown; conversationId?: unknown };
  const found = event.type.startsWith('conversation.') ? id : conversationId;
  return typeof found === 'string' && found !== '' && found.length <= longestId ? found : null;
}

/** Remembers that a posted message is about a conversation. What has no place of its own in the chat cannot be answered. */
export async function rememberThread(
  app: Pick<App, 'clock'>,
  tx: Tx,
  conversationId: string,
  posted: { integrationId: string | null; result: unknown },
): Promise<void> {
  const { channel, messageId } = (posted.result ?? {}) as { channel?: unknown; messageId?: unknown };
  if (typeof channel !== 'string' || typeof messageId !== 'string') return;
  await tx.query(
    `INSERT INTO chat_threads (organization_id, provider, channel, thread, conversation_id, created_at)
     SELECT current_organization(), i.provider, $2, $3, $4, $5 FROM integrations i
     WHERE i.organization_id = current_organization() AND i.id = $1
     ON CONFLICT DO NOTHING`,
    [posted.integrationId, channel, messageId, conversationId, new Date(app.clock())],
  );
}

/** An event that came in from a chat; its data are JSON. */
export interface ChatEvent {
  type: string;
  id: string;
  subject: string | null;
  data: string;
}

interface Reply extends Record<string, unknown> {
  thread?: { channel?: unknown; ts?: unknown } | null;
  from?: { id?: unknown };
}

/**
 * Makes of every message in a known thread what it is: an answer of an agent in that conversation. Other events stay as they
 * came.
 */
export async function placeAnswers(
  tx: Tx,
  provider: string,
  events: readonly ChatEvent[],
): Promise<ChatEvent[]> {
  const placed: ChatEvent[] = [];
  for (const event of events) {
    placed.push(event.type === 'message.received' ? await placeAnswer(tx, provider, event) : event);
  }
  return placed;
}

async function placeAnswer(tx: Tx, provider: string, event: ChatEvent): Promise<ChatEvent> {
  const { thread, from, receivedAt, ...message } = parseExact(event.data) as Reply;
  if (typeof thread?.channel !== 'string' || typeof thread.ts !== 'string') return event;
  const [row] = await tx.query<{ conversationId: string }>(
    `SELECT conversation_id AS "conversationId" FROM chat_threads
     WHERE organization_id = current_organization() AND provider = $1 AND channel = $2 AND thread = $3`,
    [provider, thread.channel, thread.ts],
    'conversation_of_thread',
  );
  if (!row) return event;
  const { conversationId } = row;
  const sentBy = { kind: 'agent', id: typeof from?.id === 'string' ? from.id : '' };
  return {
    ...event,
    type: 'message.sent',
    subject: conversationId,
    data: writeExact({ ...message, conversationId, sentBy, sentAt: receivedAt }),
  };
}

/** Forgets threads that nobody answers in any more. */
export async function removeOldThreads(app: Pick<App, 'pool' | 'clock'>): Promise<void> {
  await app.pool.query(
    `DELETE FROM chat_threads WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM chat_threads WHERE created_at < $1 ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED))`,
    [new Date(app.clock() - keptDays * 86_400_000)],
  );
}
