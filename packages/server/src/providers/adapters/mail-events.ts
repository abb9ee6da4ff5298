import type {
  EventDraft,
  InboundSwitchDefinition,
  Normalized,
  SuppressionDraft,
} from '../../inbound/types.ts';

/* What providers of email report, in the words of the event catalog. */

/** The switches of every provider of email. */
export const mailSwitches: readonly InboundSwitchDefinition[] = [
  { eventType: 'email.bounced', label: 'Bounces' },
  { eventType: 'email.spam_reported', label: 'Spam reports' },
  { eventType: 'email.unsubscribed', label: 'Unsubscribes' },
  { eventType: 'email.delivered', label: 'Delivered' },
  { eventType: 'email.opened', label: 'Opens' },
  { eventType: 'email.clicked', label: 'Clicks' },
];

/** Which message, and to whom. */
export interface MailFacts {
  messageId: string;
  to: string;
  provider: string;
  subject?: string | undefined;
  campaignId?: string | undefined;
  contactId?: string | undefined;
}

/** What became of it. */
export type MailHappening =
  | { what: 'delivered' | 'spam_reported' }
  | { what: 'deferred' | 'dropped'; reason: string | undefined }
  | { what: 'bounced'; hard: boolean; reason: string | undefined }
  | { what: 'opened'; machine: boolean; userAgent: string | undefined }
  | { what: 'clicked'; url: string; userAgent: string | undefined }
  /** A list: mail of one kind only, so the address still gets other mail. */
  | { what: 'unsubscribed'; list: string | null };

/** What one report says. */
export type MailReport = Pick<Normalized, 'events'> & { suppress: SuppressionDraft[] };

const timeNames = {
  delivered: 'deliveredAt',
  deferred: 'deferredAt',
  bounced: 'bouncedAt',
  dropped: 'droppedAt',
  opened: 'openedAt',
  clicked: 'clickedAt',
  unsubscribed: 'unsubscribedAt',
  spam_reported: 'reportedAt',
} as const;

const longestReason = 1000;
const longestDetail = 500;
const unknownReason = 'The provider gives no reason.';

/** One report as an event, and as a suppression where the address should get no more mail. */
export function mailReport(mail: MailFacts, happening: MailHappening, time: string, id: string): MailReport {
  const { what } = happening;
  const { subject, campaignId, contactId, ...facts } = mail;
  const to = addressOf(mail.to);
  const event: EventDraft = {
    type: `email.${what}`,
    data: {
      ...facts,
      to,
      ...(subject !== undefined && { subject }),
      ...(campaignId !== undefined && { campaignId }),
      ...(contactId !== undefined && { contactId }),
      ...detailsOf(happening),
      [timeNames[what]]: time,
    },
    id,
  };
  return { events: [event], suppress: suppressionsOf(to, happening) };
}

function detailsOf(happening: MailHappening): Record<string, unknown> {
  switch (happening.what) {
    case 'bounced':
      return { kind: happening.hard ? 'hard' : 'soft', reason: reasonOf(happening.reason) };
    case 'deferred':
    case 'dropped':
      return { reason: reasonOf(happening.reason) };
    case 'opened':
      return { machine: happening.machine, userAgent: happening.userAgent ?? null };
    case 'clicked':
      return { url: happening.url, userAgent: happening.userAgent ?? null };
    case 'unsubscribed':
      return { list: happening.list };
    default:
      return {};
  }
}

const reasonOf = (reason: string | undefined) => (reason || unknownReason).slice(0, longestReason);

function suppressionsOf(address: string, happening: MailHappening): SuppressionDraft[] {
  switch (happening.what) {
    case 'bounced': {
      const detail = happening.reason?.slice(0, longestDetail) || null;
      return happening.hard ? [{ address, reason: 'bounced', detail }] : [];
    }
    case 'spam_reported':
      return [{ address, reason: 'spam_reported', detail: null }];
    case 'unsubscribed':
      return happening.list === null ? [{ address, reason: 'unsubscribed', detail: null }] : [];
    default:
      return [];
  }
}

/** `Ada <ada@example.com>` without the name. */
export function addressOf(mailbox: string): string {
  return (/<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim();
}
