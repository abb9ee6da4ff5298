import PostalMime from 'postal-mime';
import type { Email } from 'postal-mime';
import { Unreadable } from '../../inbound/types.ts';
import type { IncomingMail, InboundRequest, MailFile, OpenedMail } from '../../inbound/types.ts';
import { fromWindows1252 } from '../../lib/windows-1252.ts';
import { parseMultipart } from '../../lib/multipart.ts';
import type { FormPart } from '../../lib/multipart.ts';
import { listAt, textAt } from './adapter.ts';
import { mailboxText } from './mail-text.ts';

const mostFiles = 100;
const anyType = 'application/octet-stream';

/**
 * Takes apart what a service that receives mail passes on: a mail as it was sent (Amazon SES, and SendGrid where it is set
 * so; `mail` is one that lay in a bucket), and files beside the fields of a form (Mailgun, SendGrid) or in JSON (Postmark).
 *
 * @throws Unreadable
 */
export async function openMail(
  payload: unknown,
  { headers, body }: Pick<InboundRequest, 'headers' | 'body'>,
  mail: Buffer | null = null,
): Promise<OpenedMail> {
  const parts = parseMultipart(headers['content-type'] ?? '', body) ?? [];
  const raw = mail ?? rawMailOfSes(payload) ?? rawMailOfSendgrid(payload, parts);
  if (raw !== null) return parseRawMail(raw);
  const files = [...filesOfPostmark(payload), ...filesOfMailgun(payload)];
  for (const { filename, contentType, bytes } of parts) {
    if (filename !== null) files.push(fileOf(filename, contentType, bytes.length, () => bytes));
  }
  return { mail: null, files: files.slice(0, mostFiles) };
}

/** The mail as it was sent; null where the form holds its parts. */
function rawMailOfSendgrid(payload: unknown, parts: readonly FormPart[]): Buffer | null {
  const isParsed = textAt(payload, 'text') !== undefined || textAt(payload, 'html') !== undefined;
  // The bytes, as they may be in any charset.
  return (
    (!isParsed && parts.find(({ name, filename }) => name === 'email' && filename === null)?.bytes) || null
  );
}

/** The mail as it was sent; null where SNS brings something else. */
function rawMailOfSes(payload: unknown): string | Buffer | null {
  const message = textAt(payload, 'TopicArn') === undefined ? undefined : textAt(payload, 'Message');
  if (message === undefined) return null;
  let notice: unknown;
  try {
    notice = JSON.parse(message);
  } catch {
    return null;
  }
  const content = textAt(notice, 'content');
  if (textAt(notice, 'notificationType') !== 'Received' || content === undefined) return null;
  // SNS actions name their encoding; in UTF-8 a mail begins with the name of a header.
  const isBase64 =
    textAt(notice, 'receipt', 'action', 'encoding')?.toUpperCase() === 'BASE64' ||
    !/^[!-9;-~]{1,100}:/.test(content);
  return isBase64 ? Buffer.from(content, 'base64') : content;
}

/** A mail in its parts (RFC 5322, MIME). @throws Unreadable */
async function parseRawMail(raw: string | Buffer): Promise<OpenedMail> {
  let mail: Email;
  try {
    mail = await PostalMime.parse(raw, { maxNestingDepth: 50 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Unreadable(`The mail cannot be taken apart: ${why}`);
  }
  const { from, sender, messageId, references, inReplyTo, attachments } = mail;
  const email = from?.address ?? sender?.address ?? '';
  if (email === '') throw new Unreadable('The mail has no sender.');
  return {
    mail: {
      id: messageId,
      from: mailboxText({ email, name: from?.name ?? '' }),
      fromName: from && fromWindows1252(from.name),
      subject: mail.subject === undefined ? undefined : fromWindows1252(mail.subject),
      text: fromWindows1252(mail.text ?? ''),
      html: mail.html === undefined ? undefined : fromWindows1252(mail.html),
      references,
      inReplyTo,
      autoSubmitted: mail.headers.find(({ key }) => key === 'auto-submitted')?.value,
    } satisfies IncomingMail,
    files: attachments.slice(0, mostFiles).map(({ filename, mimeType, content }) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
      return fileOf(filename ?? '', mimeType, bytes.length, () => bytes);
    }),
  };
}

function filesOfPostmark(payload: unknown): MailFile[] {
  return listAt(payload, 'Attachments').flatMap((file) => {
    const content = textAt(file, 'Content');
    if (content === undefined) return [];
    const bytes = Buffer.byteLength(content, 'base64');
    return [
      fileOf(textAt(file, 'Name') ?? '', textAt(file, 'ContentType') ?? null, bytes, () =>
        Buffer.from(content, 'base64'),
      ),
    ];
  });
}

/** Where Mailgun keeps the mail, it names addresses of its API. */
function filesOfMailgun(payload: unknown): MailFile[] {
  let kept: unknown;
  try {
    kept = JSON.parse(textAt(payload, 'attachments') ?? '[]');
  } catch {
    return [];
  }
  return (Array.isArray(kept) ? kept : []).flatMap((file) => {
    const url = textAt(file, 'url') ?? '';
    if (!URL.canParse(url)) return [];
    const size = Number(textAt(file, 'size') ?? Number.NaN);
    const bytes = Number.isSafeInteger(size) && size >= 0 ? size : null;
    return [
      { ...fileOf(textAt(file, 'name') ?? '', textAt(file, 'content-type') ?? null, bytes, null), url },
    ];
  });
}

function fileOf(
  name: string,
  contentType: string | null,
  bytes: number | null,
  content: MailFile['content'],
): MailFile {
  // A name and no path, whatever the mail says.
  const bare = name.split(/[/\\]/).at(-1)!.trim().slice(0, 255);
  return {
    name: bare === '' ? 'file' : bare,
    contentType: contentType ?? anyType,
    bytes,
    url: null,
    content,
  };
}
