import MailComposer from 'nodemailer/lib/mail-composer';
import { checkAddress } from './mail-server.ts';
import type { MailAddress } from './mail-server.ts';

/** One message, with text, HTML or both. */
export interface OutgoingMessage {
  from: MailAddress;
  to: readonly MailAddress[];
  cc?: readonly MailAddress[];
  bcc?: readonly MailAddress[];
  replyTo?: MailAddress;
  subject: string;
  text?: string;
  html?: string;
  attachments?: readonly { filename: string; content: Buffer; contentType?: string }[];
  headers?: Readonly<Record<string, string>>;
  /** With angle brackets. The same one for every try lets recipients drop repetitions. Default: a random one. */
  messageId?: string;
  /** Default: the present. */
  date?: Date;
}

/** A message as it goes over the connection. */
export interface ComposedMessage {
  from: string;
  recipients: readonly string[];
  messageId: string;
  bytes: Buffer;
}

/**
 * Puts a message together (RFC 5322, MIME). Nothing in it is read from files or fetched.
 *
 * @throws EgressError `protocol` when an address is not one
 */
export async function composeMessage(message: OutgoingMessage): Promise<ComposedMessage> {
  const { from, to, cc = [], bcc = [], replyTo, attachments, ...rest } = message;
  for (const one of [from, ...to, ...cc, ...bcc, ...(replyTo ? [replyTo] : [])]) checkAddress(one);
  const node = new MailComposer({
    ...rest,
    from: plain(from),
    to: to.map(plain),
    cc: cc.map(plain),
    ...(replyTo && { replyTo: plain(replyTo) }),
    ...(attachments && { attachments: [...attachments] }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  return {
    from: from.address,
    recipients: [...new Set([...to, ...cc, ...bcc].map((one) => one.address))],
    messageId: node.messageId(),
    bytes: await node.build(),
  };
}

function plain(one: MailAddress): { address: string; name: string } {
  return { address: one.address, name: one.name ?? '' };
}
