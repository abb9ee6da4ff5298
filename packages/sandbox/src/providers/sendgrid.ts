import { at, isEmail, isFields, isJson, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

const mostPersonalizations = 1000;
const mostRecipients = 1000;

function failure(status: number, message: string, field: string | null): SandboxReply {
  return json(status, { errors: [{ message, field, help: null }] });
}

/** What is wrong with a message, by the rules of Mail Send. */
function faultOf(mail: Fields, account: Call['account']): SandboxReply | null {
  const personalizations = listOf(mail['personalizations']);
  if (personalizations.length === 0)
    return failure(
      400,
      'The personalizations field is required and must have at least one personalization.',
      'personalizations',
    );
  if (personalizations.length > mostPersonalizations)
    return failure(400, 'There are too many personalizations.', 'personalizations');
  for (const [index, personalization] of personalizations.entries()) {
    const fault = recipientFault(personalization, `personalizations.${index}`);
    if (fault) return fault;
  }
  const from = at(mail, 'from.email');
  if (!isText(from)) return failure(400, 'The from object must be provided for every email send.', 'from');
  if (!isEmail(from)) return failure(400, 'The from email does not contain a valid address.', 'from.email');
  if (from.split('@')[1] !== account.values['fromEmail']?.split('@')[1])
    return failure(
      403,
      'The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
      'from',
    );
  return contentFault(mail, personalizations);
}

function recipientFault(personalization: Fields, path: string): SandboxReply | null {
  if (listOf(personalization['to']).length === 0)
    return failure(400, 'The to array is required for all personalization objects.', `${path}.to`);
  const lists = (['to', 'cc', 'bcc'] as const).map((name) => [name, listOf(personalization[name])] as const);
  if (lists.flatMap(([, people]) => people).length > mostRecipients)
    return failure(400, 'There are too many recipients.', path);
  for (const [name, people] of lists)
    for (const [index, person] of people.entries())
      if (!isEmail(person['email']))
        return failure(400, 'Does not contain a valid address.', `${path}.${name}.${index}.email`);
  const all = lists.flatMap(([, people]) => people.map(({ email }) => String(email).toLowerCase()));
  if (new Set(all).size < all.length)
    return failure(
      400,
      'Each email address in the personalization block should be unique between to, cc, and bcc.',
      path,
    );
  return null;
}

function contentFault(mail: Fields, personalizations: Fields[]): SandboxReply | null {
  if (isText(mail['template_id'])) return null;
  if (!isText(mail['subject']) && !personalizations.every(({ subject }) => isText(subject)))
    return failure(400, 'The subject is required.', 'subject');
  const content = listOf(mail['content']);
  if (content.length === 0)
    return failure(
      400,
      'Unless a valid template_id is provided, the content parameter is required.',
      'content',
    );
  for (const [index, part] of content.entries()) {
    if (!isText(part['type'])) return failure(400, 'The content type is required.', `content.${index}.type`);
    if (!isText(part['value']))
      return failure(
        400,
        'The content value must be a string at least one character in length.',
        `content.${index}.value`,
      );
  }
  for (const [index, file] of listOf(mail['attachments']).entries()) {
    if (!isText(file['filename']))
      return failure(400, 'The attachment filename is required.', `attachments.${index}.filename`);
    if (!isText(file['content']) || !/^[A-Za-z0-9+/]+={0,2}$/.test(file['content']))
      return failure(400, 'The attachment content must be base64 encoded.', `attachments.${index}.content`);
  }
  const plain = content.findIndex(({ type }) => type === 'text/plain');
  if (plain > 0) return failure(400, 'The text/plain content must come first.', 'content');
  return null;
}

function send({ request, account, store }: Call): SandboxReply {
  if (!isJson(request)) return failure(415, 'Content-Type should be application/json.', null);
  const mail = readJson(request);
  if (!mail) return failure(400, 'Bad Request', null);
  const fault = faultOf(mail, account);
  if (fault) return fault;
  const onlyChecked =
    isFields(mail['mail_settings']) && at(mail, 'mail_settings.sandbox_mode.enable') === true;
  if (onlyChecked) return { status: 200 };
  const id = wordId(22);
  store.put({
    kind: 'email',
    id,
    data: {
      from: at(mail, 'from.email'),
      to: listOf(mail['personalizations']).flatMap(({ to }) => listOf(to).map(({ email }) => email)),
      subject: mail['subject'] ?? at(mail, 'personalizations.0.subject'),
      content: mail['content'],
      attachments: listOf(mail['attachments']).map(({ filename, content }) => ({ filename, content })),
    },
  });
  return { status: 202, headers: { 'x-message-id': id } };
}

export const sendgridOperations: OperationSet = {
  slugs: ['sendgrid'],
  routes: [{ method: 'POST', path: '/v3/mail/send', handle: send }],
  notFound: () => failure(404, 'Not Found', null),
};
