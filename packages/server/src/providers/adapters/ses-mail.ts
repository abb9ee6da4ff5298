import type { IncomingMail, MailFile, MailPlace } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';

/** Where a rule of SES has put the mail that a message of SNS tells of. Null: it is in the message, or there is none. */
export function sesMailPlace(payload: unknown): MailPlace | null {
  const message = textAt(payload, 'TopicArn') === undefined ? undefined : textAt(payload, 'Message');
  if (message === undefined) return null;
  let notice: unknown;
  try {
    notice = JSON.parse(message);
  } catch {
    return null;
  }
  if (textAt(notice, 'notificationType') !== 'Received' || textAt(notice, 'content') !== undefined)
    return null;
  return placeIn(notice);
}

function placeIn(notice: unknown): MailPlace | null {
  const bucket = textAt(notice, 'receipt', 'action', 'bucketName');
  const key = textAt(notice, 'receipt', 'action', 'objectKey');
  return bucket && key ? { bucket, key } : null;
}

/**
 * A mail of which SES tells only the head, because a rule has put it elsewhere, such as into a bucket. Null: the notice is
 * about something else.
 */
export function sesNotice(notice: unknown): { mail: IncomingMail; files: MailFile[] } | null {
  if (textAt(notice, 'notificationType') !== 'Received') return null;
  const headers = listAt(notice, 'mail', 'headers');
  const header = (name: string) => {
    const found = headers.find((each) => textAt(each, 'name')?.toLowerCase() === name);
    return textAt(found, 'value');
  };
  const common = (name: string) => textAt(notice, 'mail', 'commonHeaders', name);
  const from = textAt(listAt(notice, 'mail', 'commonHeaders', 'from'), 0) ?? textAt(notice, 'mail', 'source');
  if (from === undefined) return null;
  return {
    mail: {
      id: common('messageId') ?? header('message-id'),
      from,
      subject: common('subject'),
      text: '',
      html: undefined,
      references: header('references'),
      inReplyTo: header('in-reply-to'),
      autoSubmitted: header('auto-submitted'),
    },
    files: bucketFile(placeIn(notice)),
  };
}

/** The mail itself, where it lies in a bucket. */
function bucketFile(place: MailPlace | null): MailFile[] {
  if (place === null) return [];
  const { bucket, key } = place;
  const path = key.split('/').map(encodeURIComponent).join('/');
  const url = `s3://${encodeURIComponent(bucket)}/${path}`;
  return [{ name: 'message.eml', contentType: 'message/rfc822', bytes: null, url, content: null }];
}
