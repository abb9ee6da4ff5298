import type { EventDraft, NormalizeContext, Normalized } from '../../inbound/types.ts';
import { addressOf } from './mail-events.ts';
import { longestText } from './message-events.ts';

/** A mail that came in, as the service that received it tells. */
export interface IncomingMail {
  /** Its Message-ID. */
  id: string | undefined;
  from: string;
  subject: string | undefined;
  text: string;
  /** Ids of the mails before it, the first one first. */
  references: string | undefined;
  inReplyTo: string | undefined;
  /** Auto-Submitted (RFC 3834): written by a program when it says anything but `no`. */
  autoSubmitted: string | undefined;
}

/**
 * A mail as events: the message, and the conversation that it begins. The first mail of a thread names the conversation, so
 * that replies stay in it. What a program answers by itself becomes nothing, or two programs could write to each other for
 * ever. The sender is whoever the mail says, which nobody proves.
 */
export function mailReceived(mail: IncomingMail, context: NormalizeContext): Normalized {
  if (mail.autoSubmitted !== undefined && !/^\s*no\b/i.test(mail.autoSubmitted))
    return { kind: 'automatic reply', events: [] };
  const id = idsIn(mail.id)[0] ?? context.fallbackId;
  const before = idsIn(mail.references)[0] ?? idsIn(mail.inReplyTo)[0];
  const address = addressOf(mail.from);
  const name = mail.from
    .replace(/<[^<>]*>\s*$/, '')
    .replaceAll('"', '')
    .trim();
  const from = { id: address, name: name === '' || name === address ? null : name };
  const time = new Date(context.at).toISOString();
  const message: EventDraft = {
    type: 'message.received',
    data: {
      id,
      conversationId: before ?? id,
      channel: 'email',
      text: mail.text.slice(0, longestText),
      from,
      receivedAt: time,
    },
    id,
  };
  if (before !== undefined) return { kind: 'mail', events: [message] };
  const conversation: EventDraft = {
    type: 'conversation.created',
    data: {
      id,
      channel: 'email',
      status: 'open',
      subject: mail.subject?.slice(0, 1000) || null,
      customer: { ...from, email: /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address) ? address : null },
      assigneeId: null,
      createdAt: time,
    },
    id: `conversation ${id}`,
  };
  return { kind: 'mail', events: [conversation, message] };
}

function idsIn(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/<([^<>\s]{1,500})>/g)].map((found) => found[1]!);
}
