import type { NormalizeContext } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';
import { idOf, received, required, timeOf } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { mailReport } from './mail-events.ts';
import type { MailHappening } from './mail-events.ts';
import { mailReceived } from './mail-received.ts';
import { sesNotice } from './ses-mail.ts';
import { snsMessage } from './sns-message.ts';

/** What became of one recipient. */
interface Told {
  to: string | undefined;
  happening: MailHappening;
  time: string | undefined;
}

/** A report of SES inside a message of SNS, with one event for each recipient, or a mail that it has received. */
export const normalizeAmazonSes: Normalize = (payload, context) => {
  const { id: given, content } = snsMessage(payload);
  const id = idOf([given], context);
  const notice = sesNotice(content);
  if (context.opened.mail) return mailReceived(context.opened.mail, context);
  if (notice) return mailReceived(notice.mail, { ...context, opened: notice });
  const kind = textAt(content, 'eventType') ?? textAt(content, 'notificationType') ?? null;
  const told = kind === null ? [] : toldBy(kind, content);
  if (told.length === 0) return { kind, events: [received(kind, content, context, [id])] };
  const reports = told.map((one, index) => reportOf(one, content, `${id} ${index}`, context));
  return {
    kind,
    events: reports.flatMap(({ events }) => events),
    suppress: reports.flatMap(({ suppress }) => suppress),
  };
};

function reportOf({ to, happening, time }: Told, content: unknown, id: string, context: NormalizeContext) {
  const mail = {
    messageId: required(textAt(content, 'mail', 'messageId'), 'mail.messageId'),
    to: required(to, 'recipient'),
    provider: context.provider,
    subject: textAt(content, 'mail', 'commonHeaders', 'subject'),
    campaignId: textAt(listAt(content, 'mail', 'tags', 'campaignId'), 0),
    contactId: textAt(listAt(content, 'mail', 'tags', 'contactId'), 0),
  };
  return mailReport(mail, happening, timeOf(time, context), id);
}

function toldBy(kind: string, content: unknown): Told[] {
  const part = partOf(kind);
  const at = (...path: string[]) => textAt(content, part, ...path);
  const time = at('timestamp');
  const destinations = listAt(content, 'mail', 'destination').map((to) => textAt([to], 0));
  const each = (happening: MailHappening, recipients = destinations): Told[] =>
    recipients.map((to) => ({ to, happening, time }));
  const named = (list: string) => listAt(content, part, list);
  switch (kind) {
    case 'Delivery':
      return each(
        { what: 'delivered' },
        listAt(content, part, 'recipients').map((to) => textAt([to], 0)),
      );
    case 'Bounce':
      return named('bouncedRecipients').map((one) => ({
        to: textAt(one, 'emailAddress'),
        happening: {
          what: 'bounced',
          hard: at('bounceType') === 'Permanent',
          reason: textAt(one, 'diagnosticCode') ?? at('bounceSubType'),
        },
        time,
      }));
    case 'Complaint':
      // Somebody who takes mail out of the spam folder is reported as well.
      if (at('complaintFeedbackType') === 'not-spam') return [];
      return named('complainedRecipients').map((one) => ({
        to: textAt(one, 'emailAddress'),
        happening: { what: 'spam_reported' },
        time,
      }));
    case 'DeliveryDelay':
      return named('delayedRecipients').map((one) => ({
        to: textAt(one, 'emailAddress'),
        happening: { what: 'deferred', reason: textAt(one, 'diagnosticCode') ?? at('delayType') },
        time,
      }));
    case 'Reject':
      return each({ what: 'dropped', reason: at('reason') });
    case 'Open':
      return each({ what: 'opened', machine: false, userAgent: at('userAgent') });
    case 'Click':
      return each({ what: 'clicked', url: required(at('link'), 'link'), userAgent: at('userAgent') });
    case 'Subscription':
      return each({ what: 'unsubscribed', list: at('contactList') ?? null });
    default:
      return [];
  }
}

/** `DeliveryDelay` → `deliveryDelay`: where its details stand. */
function partOf(kind: string): string {
  return kind.slice(0, 1).toLowerCase() + kind.slice(1);
}
