import type { InboundSwitchDefinition } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';
import { received, requireObject } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { mailgunMail } from './mailgun-inbound.ts';
import { mailReceived } from './mail-received.ts';
import type { IncomingMail } from './mail-received.ts';
import { postmarkMail } from './postmark-inbound.ts';
import { snsMessage } from './sns-message.ts';

export const forwardedMailSwitches: readonly InboundSwitchDefinition[] = [
  { eventType: 'conversation.created', label: 'New conversations' },
  { eventType: 'message.received', label: 'Messages' },
];

/** Mail as one of the receiving services passes it on, each in its own words. */
export const normalizeForwardedMail: Normalize = (payload, context) => {
  const content = requireObject(payload);
  const mail = mailgunMail(content) ?? postmarkMail(content) ?? sendgridMail(content);
  if (mail) return mailReceived(mail, context);
  if (textAt(content, 'TopicArn') === undefined)
    return { kind: null, events: [received(null, content, context)] };
  // Amazon passes the mail on as it was sent, with its parts still to be taken apart.
  const { id, content: notice } = snsMessage(content);
  const automatic = listAt(notice, 'mail', 'headers').find(
    (header) => textAt(header, 'name')?.toLowerCase() === 'auto-submitted',
  );
  if (automatic && textAt(automatic, 'value') !== 'no') return { kind: 'automatic reply', events: [] };
  return { kind: 'mail', events: [received('mail', notice, context, [id])] };
};

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
    references: header('references'),
    inReplyTo: header('in-reply-to'),
    autoSubmitted: header('auto-submitted'),
  };
}
