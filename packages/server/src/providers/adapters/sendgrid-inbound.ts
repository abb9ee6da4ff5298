import type { NormalizeContext } from '../../inbound/types.ts';
import { textAt } from './adapter.ts';
import { kindsOf, received, requireList, required, timeOf } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { mailReport } from './mail-events.ts';
import type { MailHappening, MailReport } from './mail-events.ts';

/** A list of reports, each about one recipient. */
export const normalizeSendgrid: Normalize = (payload, context) => {
  const items = requireList(payload);
  const reports = items.map((item, index) => reportOf(item, index, context));
  return {
    kind: kindsOf(items.map((item) => textAt(item, 'event'))),
    events: reports.flatMap(({ events }) => events),
    suppress: reports.flatMap(({ suppress }) => suppress),
  };
};

function reportOf(item: Record<string, unknown>, index: number, context: NormalizeContext): MailReport {
  const at = (name: string) => textAt(item, name);
  const kind = required(at('event'), 'event');
  const id = at('sg_event_id') ?? `${context.fallbackId} ${index}`;
  const happening = happeningOf(kind, item);
  if (happening === null) return { events: [received(kind, item, context, [id])], suppress: [] };
  const mail = {
    // The id that sending answers; after the first dot stand the servers that it went through.
    messageId: (at('sg_message_id') ?? at('smtp-id') ?? id).split('.')[0]!,
    to: required(at('email'), 'email'),
    provider: context.provider,
    subject: at('subject'),
    campaignId: at('campaignId'),
    contactId: at('contactId'),
  };
  return mailReport(mail, happening, timeOf(at('timestamp'), context), id);
}

function happeningOf(kind: string, item: Record<string, unknown>): MailHappening | null {
  const at = (name: string) => textAt(item, name);
  switch (kind) {
    case 'delivered':
      return { what: 'delivered' };
    case 'deferred':
      return { what: 'deferred', reason: at('response') ?? at('reason') };
    case 'bounce':
      // "blocked" is a passing refusal of the server.
      return { what: 'bounced', hard: at('type') !== 'blocked', reason: at('reason') };
    case 'dropped':
      return { what: 'dropped', reason: at('reason') };
    case 'open':
      return { what: 'opened', machine: item['sg_machine_open'] === true, userAgent: at('useragent') };
    case 'click':
      return { what: 'clicked', url: required(at('url'), 'url'), userAgent: at('useragent') };
    case 'spamreport':
      return { what: 'spam_reported' };
    case 'unsubscribe':
      return { what: 'unsubscribed', list: null };
    case 'group_unsubscribe':
      return { what: 'unsubscribed', list: at('asm_group_id') ?? 'group' };
    default:
      return null;
  }
}
