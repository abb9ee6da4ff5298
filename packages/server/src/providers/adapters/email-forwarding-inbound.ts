import type {
  IncomingMail,
  InboundSwitchDefinition,
  NormalizeContext,
  Normalized,
} from '../../inbound/types.ts';
import { textAt } from './adapter.ts';
import { isAllowedSender } from './allowed-senders.ts';
import { received, requireObject } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { mailgunMail } from './mailgun-inbound.ts';
import { addressOf } from './mail-events.ts';
import { checksBy, proofOf } from './mail-proof.ts';
import { mailReceived } from './mail-received.ts';
import { postmarkMail } from './postmark-inbound.ts';
import { sesNotice } from './ses-mail.ts';
import { snsMessage } from './sns-message.ts';

export const forwardedMailSwitches: readonly InboundSwitchDefinition[] = [
  { eventType: 'conversation.created', label: 'New conversations' },
  { eventType: 'message.received', label: 'Messages' },
];

/** Mail as one of the receiving services passes it on, each in its own words, from those who are allowed to write. */
export const normalizeForwardedMail: Normalize = (payload, context) => {
  const content = requireObject(payload);
  const isNotice = textAt(content, 'TopicArn') !== undefined;
  const notice = isNotice ? sesNotice(snsMessage(content).content) : null;
  const mail =
    context.opened.mail ??
    notice?.mail ??
    mailgunMail(content) ??
    postmarkMail(content) ??
    sendgridMail(content);
  if (mail === null) {
    if (!isNotice) return { kind: null, events: [received(null, content, context)] };
    const { id, content: other } = snsMessage(content);
    return { kind: null, events: [received(null, other, context, [id])] };
  }
  const refused = refusalOf(mail.from, isNotice ? snsMessage(content).content : content, context);
  if (refused) return refused;
  return mailReceived(mail, notice && !context.opened.mail ? { ...context, opened: notice } : context);
};

/**
 * Mail of somebody who may not write, or who is not proven to be who the mail says. Null: it is wanted. Who is proven counts
 * only where senders are chosen, and not where somebody has said that it shall not.
 */
function refusalOf(from: string, content: unknown, { values }: NormalizeContext): Normalized | null {
  const allowed = values['allowedSenders'] ?? '';
  if (!isAllowedSender(from, allowed)) {
    return {
      kind: 'sender not allowed',
      events: [],
      why: `${addressOf(from)} is not among the allowed senders.`,
    };
  }
  if (allowed.trim() === '' || values['acceptUnproven'] === 'true') return null;
  const proof = proofOf(from, checksBy(values['receiver'], requireObject(content), from));
  if (proof.proven) return null;
  return { kind: proof.forged ? 'sender forged' : 'sender not proven', events: [], why: proof.why };
}

/** A mail by Inbound Parse: fields of a form, with its header lines as one of them. */
function sendgridMail(content: Record<string, unknown>): IncomingMail | null {
  const at = (name: string) => textAt(content, name);
  const from = at('from');
  const lines = at('headers');
  if (from === undefined || lines === undefined) return null;
  // A line that begins with a blank goes on from the one before.
  const unfolded = lines.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const header = (name: string) => {
    const line = unfolded.find((each) => each.toLowerCase().startsWith(`${name}:`));
    return line?.slice(name.length + 1).trim();
  };
  return {
    id: header('message-id'),
    from,
    subject: at('subject'),
    text: at('text') ?? '',
    html: at('html'),
    references: header('references'),
    inReplyTo: header('in-reply-to'),
    autoSubmitted: header('auto-submitted'),
  };
}
