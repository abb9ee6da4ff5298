import type { IncomingMail, MailFile } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';

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
    files: bucketFile(
      textAt(notice, 'receipt', 'action', 'bucketName'),
      textAt(notice, 'receipt', 'action', 'objectKey'),
    ),
  };
}

/** The mail itself, where it lies in a bucket. */
function bucketFile(bucket: string | undefined, key: string | undefined): MailFile[] {
  if (!bucket || !key) return [];
  const path = key.split('/').map(encodeURIComponent).join('/');
  const url = `s3://${encodeURIComponent(bucket)}/${path}`;
  return [{ name: 'message.eml', contentType: 'message/rfc822', bytes: null, url, content: null }];
}
