import { textAt } from './adapter.ts';
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
  if (kind === undefined && at('From') && messageId) {
    const text = at('StrippedTextReply') || at('TextBody') || '';
    const mail = { id: messageId, from: at('From') ?? '', text, receivedAt: timeOf(at('Date'), context) };
    return { kind: 'mail', events: [mailReceived(mail)] };
  }
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
