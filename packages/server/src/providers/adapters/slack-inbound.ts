import { Unreadable } from '../../inbound/types.ts';
import type { EventDraft, InboundSwitchDefinition, NormalizeContext } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';
import { received, requireObject, timeOf } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { longestText } from './message-events.ts';

export const slackSwitches: readonly InboundSwitchDefinition[] = [
  { eventType: 'message.received', label: 'Replies in threads' },
];

/** Ways in which people write; all other kinds tell of edits, deletions, joinings and programs. */
const written = new Set([undefined, 'thread_broadcast', 'file_share']);

/** An event of the Events API, or a button or command, which come as a form. */
export const normalizeSlack: Normalize = (payload, context) => {
  const content = requireObject(payload);
  if (textAt(content, 'payload') !== undefined) return interaction(content, context);
  const command = textAt(content, 'command');
  const { token: _token, ...rest } = content;
  if (command !== undefined)
    return { kind: command, events: [received(command, rest, context, [textAt(content, 'trigger_id')])] };
  const event = content['event'];
  const kind = textAt(event, 'type') ?? textAt(content, 'type') ?? null;
  const id = textAt(content, 'event_id');
  // What programs write, ours among them: passing it on could make an automation answer itself for ever.
  if (textAt(event, 'bot_id') !== undefined || textAt(event, 'subtype') === 'bot_message')
    return { kind, events: [] };
  const reply = replyInThread(event, textAt(content, 'team_id'), id, context);
  return { kind, events: [reply ?? received(kind, rest, context, [id])] };
};

function replyInThread(
  event: unknown,
  team: string | undefined,
  eventId: string | undefined,
  context: NormalizeContext,
): EventDraft | null {
  const at = (name: string) => textAt(event, name);
  const [channel, user, ts, threadTs] = ['channel', 'user', 'ts', 'thread_ts'].map(at);
  if (at('type') !== 'message' || !written.has(at('subtype'))) return null;
  if (!channel || !user || !ts || !threadTs || threadTs === ts) return null;
  const data = {
    id: `${channel} ${ts}`,
    conversationId: null,
    channel: 'slack',
    text: plainText(at('text') ?? '').slice(0, longestText),
    attachments: filesOf(event),
    from: { id: user, name: null },
    thread: { team: team ?? '', channel, ts: threadTs },
    receivedAt: timeOf(ts, context),
  };
  return { type: 'message.received', data, id: eventId ?? data.id };
}

/** Slack escapes three characters, and leaves its mentions in angle brackets. */
function plainText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function filesOf(event: unknown) {
  return listAt(event, 'files').flatMap((file) => {
    const url = textAt(file, 'url_private');
    const size = Number(textAt(file, 'size') ?? Number.NaN);
    const bytes = Number.isSafeInteger(size) && size >= 0 ? size : null;
    const contentType = textAt(file, 'mimetype') ?? 'application/octet-stream';
    return url ? [{ name: textAt(file, 'name') ?? 'file', contentType, bytes, url }] : [];
  });
}

function interaction(content: Record<string, unknown>, context: NormalizeContext) {
  let parsed: Record<string, unknown>;
  try {
    parsed = requireObject(JSON.parse(textAt(content, 'payload') ?? ''));
  } catch {
    throw new Unreadable('The field payload holds no JSON.');
  }
  const { token: _token, ...rest } = parsed;
  const kind = textAt(parsed, 'type') ?? null;
  return { kind, events: [received(kind, rest, context, [textAt(parsed, 'trigger_id')])] };
}
