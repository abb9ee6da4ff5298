import type { IncomingMail } from '../../inbound/types.ts';
import { textAt } from './adapter.ts';
import { idOf, received, requireObject, required, timeOf } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { mailReport } from './mail-events.ts';
import type { MailHappening } from './mail-events.ts';
import { mailReceived } from './mail-received.ts';

/** One report, or one incoming mail as the fields of a form. */
export const normalizeMailgun: Normalize = (payload, context) => {
  const content = requireObject(payload);
  const event = content['event-data'];
  const incoming = event === undefined ? mailgunMail(content) : null;
  if (incoming) return mailReceived(incoming, context);
  const kind = required(textAt(event, 'event'), 'event');
  const id = idOf([textAt(event, 'id')], context);
  const happening = happeningOf(kind, event);
  if (happening === null) {
    // The signature proves the webhook and is nobody's business after that.
    return { kind, events: [received(kind, { 'event-data': event }, context, [id])] };
  }
  const messageId = textAt(event, 'message', 'headers', 'message-id');
  const mail = {
    // As sending answers it.
    messageId: messageId === undefined ? id : `<${messageId.replace(/^<|>$/g, '')}>`,
    to: required(textAt(event, 'recipient'), 'recipient'),
    provider: context.provider,
    subject: textAt(event, 'message', 'headers', 'subject'),
    campaignId: textAt(event, 'user-variables', 'campaignId'),
    contactId: textAt(event, 'user-variables', 'contactId'),
  };
  const report = mailReport(mail, happening, timeOf(textAt(event, 'timestamp'), context), id);
  return { kind, ...report };
};

function happeningOf(kind: string, event: unknown): MailHappening | null {
  const userAgent = textAt(event, 'client-info', 'user-agent');
  const reason =
    textAt(event, 'delivery-status', 'message') ||
    textAt(event, 'delivery-status', 'description') ||
    textAt(event, 'reject', 'reason') ||
    textAt(event, 'reason');
  switch (kind) {
    case 'delivered':
      return { what: 'delivered' };
    case 'failed':
      return textAt(event, 'severity') === 'temporary'
        ? { what: 'deferred', reason }
        : { what: 'bounced', hard: true, reason };
    case 'rejected':
      return { what: 'dropped', reason };
    case 'opened':
      return { what: 'opened', machine: !!textAt(event, 'client-info', 'bot'), userAgent };
    case 'clicked':
      return { what: 'clicked', url: required(textAt(event, 'url'), 'url'), userAgent };
    case 'complained':
      return { what: 'spam_reported' };
    case 'unsubscribed':
      return { what: 'unsubscribed', list: null };
    default:
      return null;
  }
}

/** A mail by a route: the fields of a form. Null: it is none. */
export function mailgunMail(content: Record<string, unknown>): IncomingMail | null {
  const at = (name: string) => textAt(content, name);
  const from = at('from') ?? at('sender');
  if (from === undefined || at('recipient') === undefined) return null;
  const [references, inReplyTo] = [at('References'), at('In-Reply-To')];
  // What Mailgun takes for quoted is, in a mail that somebody forwards, what it is about.
  const isAnswer = references !== undefined || inReplyTo !== undefined;
  const [plain, stripped] = [at('body-plain') ?? '', at('stripped-text') ?? ''];
  return {
    id: at('Message-Id'),
    from,
    subject: at('subject'),
    text: isAnswer ? stripped || plain : plain || stripped,
    html: (isAnswer && at('stripped-html')) || at('body-html'),
    references,
    inReplyTo,
    autoSubmitted: at('Auto-Submitted'),
  };
}
