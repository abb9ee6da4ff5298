import type { IncomingMail } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';
import { idOf, received, requireObject, required, timeOf } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { mailReport } from './mail-events.ts';
import type { MailHappening } from './mail-events.ts';
import { mailReceived } from './mail-received.ts';

const timeNames = ['DeliveredAt', 'BouncedAt', 'ReceivedAt', 'ChangedAt'];

/** One report, or one incoming mail, which has no record type. */
export const normalizePostmark: Normalize = (payload, context) => {
  const content = requireObject(payload);
  const at = (name: string) => textAt(content, name);
  const messageId = at('MessageID');
  const kind = at('RecordType');
  const incoming = kind === undefined ? postmarkMail(content) : null;
  if (incoming) return mailReceived(incoming, context);
  const record = required(kind, 'RecordType');
  const written = timeNames.map(at).find((time) => time !== undefined);
  const id = idOf([record, messageId, written], context);
  const happening = happeningOf(record, content);
  if (happening === null) return { kind: record, events: [received(record, content, context, [id])] };
  const mail = {
    messageId: messageId ?? id,
    to: required(at('Recipient') ?? at('Email'), 'recipient'),
    provider: context.provider,
    subject: at('Subject'),
    campaignId: textAt(content, 'Metadata', 'campaignId'),
    contactId: textAt(content, 'Metadata', 'contactId'),
  };
  return { kind: record, ...mailReport(mail, happening, timeOf(written, context), id) };
};

/** A mail that came in. Null: it is none. */
export function postmarkMail(content: Record<string, unknown>): IncomingMail | null {
  const at = (name: string) => textAt(content, name);
  const from = at('From');
  if (from === undefined || !Array.isArray(content['Headers'])) return null;
  const header = (name: string) => {
    const found = listAt(content, 'Headers').find((each) => textAt(each, 'Name')?.toLowerCase() === name);
    return textAt(found, 'Value');
  };
  const name = at('FromName');
  return {
    id: header('message-id'),
    from: name && !from.includes('<') ? `${name} <${from}>` : from,
    subject: at('Subject'),
    text: at('StrippedTextReply') || at('TextBody') || '',
    html: at('HtmlBody'),
    references: header('references'),
    inReplyTo: header('in-reply-to'),
    autoSubmitted: header('auto-submitted'),
  };
}

function happeningOf(record: string, content: Record<string, unknown>): MailHappening | null {
  const userAgent = textAt(content, 'UserAgent');
  switch (record) {
    case 'Delivery':
      return { what: 'delivered' };
    case 'Bounce':
      return bounceOf(content);
    case 'SpamComplaint':
      return { what: 'spam_reported' };
    case 'Open':
      return { what: 'opened', machine: false, userAgent };
    case 'Click':
      return {
        what: 'clicked',
        url: required(textAt(content, 'OriginalLink'), 'OriginalLink'),
        userAgent,
      };
    case 'SubscriptionChange': {
      // Bounces and complaints change the subscription too, and are reported as what they are.
      const byHand = textAt(content, 'SuppressionReason') === 'ManualSuppression';
      return content['SuppressSending'] === true && byHand ? { what: 'unsubscribed', list: null } : null;
    }
    default:
      return null;
  }
}

/** Postmark files some under bounces that are none, such as an automatic reply. */
function bounceOf(content: Record<string, unknown>): MailHappening | null {
  const reason = textAt(content, 'Details') || textAt(content, 'Description');
  const type = textAt(content, 'Type') ?? '';
  if (/^(AutoResponder|AddressChange|Subscribe|OpenRelayTest|ChallengeVerification|InboundError)$/.test(type))
    return null;
  if (type === 'SpamComplaint') return { what: 'spam_reported' };
  if (type === 'Unsubscribe') return { what: 'unsubscribed', list: null };
  return { what: 'bounced', hard: type === 'HardBounce' || type === 'BadEmailAddress', reason };
}
