import type { EventDraft, IncomingMail, NormalizeContext, Normalized } from '../../inbound/types.ts';
import { htmlText } from './html-text.ts';
import { addressOf } from './mail-events.ts';
import { longestText } from './message-events.ts';
import type { MessageFile } from './message-events.ts';
import { withoutQuote } from './quoted-reply.ts';

/**
 * A mail as events: the message, and the conversation that it begins. The first mail of a thread names the conversation, so
 * that replies stay in it. What a program answers by itself becomes nothing, or two programs could write to each other for
 * ever. An answer comes without the mail that it repeats. The sender is whoever the mail says.
 */
export function mailReceived(mail: IncomingMail, context: NormalizeContext): Normalized {
  if (mail.autoSubmitted !== undefined && !/^\s*no\b/i.test(mail.autoSubmitted))
    return { kind: 'automatic reply', events: [] };
  const id = idsIn(mail.id)[0] ?? context.fallbackId;
  const before = idsIn(mail.references)[0] ?? idsIn(mail.inReplyTo)[0];
  const address = addressOf(mail.from);
  const written = mail.fromName ?? mail.from.replace(/<[^<>]*>\s*$/, '').replaceAll('"', '');
  const name = written.trim();
  const from = { id: address, name: name === '' || name === address ? null : name };
  const time = new Date(context.at).toISOString();
  const files = filesOf(context);
  const message: EventDraft = {
    type: 'message.received',
    data: {
      id,
      conversationId: before ?? id,
      channel: 'email',
      text: textOf(mail, before !== undefined).slice(0, longestText),
      ...(files.length > 0 && { attachments: files }),
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

function textOf({ text, html }: IncomingMail, isAnswer: boolean): string {
  const whole = text.trim() === '' && html !== undefined ? htmlText(html) : text;
  return isAnswer ? withoutQuote(whole) : whole;
}

function filesOf({ opened, filesUrl }: NormalizeContext): MessageFile[] {
  return opened.files.map(({ name, contentType, bytes, url }, index) => ({
    name,
    contentType,
    bytes,
    url: url ?? `${filesUrl}/${index}`,
  }));
}

function idsIn(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/<([^<>\s]{1,500})>/g)].map((found) => found[1]!);
}
