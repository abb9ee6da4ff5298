import { addressIn, at, isEmail, isText, readJson } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

const mostRecipients = 50;

function failure(status: number, type: string, message: string): SandboxReply {
  return json(status, { message }, { 'x-amzn-errortype': type });
}

/** What AWS says to a signature, by the name of the fault. */
const refusals: Record<string, [type: string, message: string]> = {
  MissingAuthenticationToken: ['MissingAuthenticationTokenException', 'Missing Authentication Token'],
  IncompleteSignature: ['IncompleteSignatureException', 'The Authorization header is not complete.'],
  InvalidAccessKeyId: [
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  AuthorizationHeaderMalformed: [
    'InvalidSignatureException',
    'Credential should be scoped to a valid region.',
  ],
  RequestTimeTooSkewed: ['InvalidSignatureException', 'Signature expired or not yet current.'],
  AccessDenied: [
    'InvalidSignatureException',
    'There were headers present in the request which were not signed.',
  ],
  XAmzContentSHA256Mismatch: [
    'InvalidSignatureException',
    'The request signature we calculated does not match: the body is another one.',
  ],
  SignatureDoesNotMatch: [
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided.',
  ],
};

function send({ request, account, store }: Call): SandboxReply {
  const mail = readJson(request);
  if (!mail) return failure(400, 'SerializationException', 'The body is not valid JSON.');
  const bad = (message: string) => failure(400, 'BadRequestException', message);
  const from = mail['FromEmailAddress'];
  const raw = at(mail, 'Content.Raw.Data');
  const to = ['To', 'Cc', 'Bcc'].flatMap((kind) => textsIn(at(mail, `Destination.${kind}Addresses`)));
  if (!isText(from) && !isText(raw)) return bad('FromEmailAddress is missing.');
  if (to.length === 0 && !isText(raw)) return bad('Destination is missing.');
  if (to.length > mostRecipients) return bad(`Recipient count exceeds ${mostRecipients}.`);
  if (!to.every((each) => isEmail(addressIn(each)))) return bad('Illegal address');
  if (isText(from) && addressIn(from).split('@')[1] !== account.values['fromEmail']?.split('@')[1])
    return failure(
      400,
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region ${account.values['region']!.toUpperCase()}: ${addressIn(from)}`,
    );
  const subject = at(mail, 'Content.Simple.Subject.Data');
  const text = at(mail, 'Content.Simple.Body.Text.Data');
  const html = at(mail, 'Content.Simple.Body.Html.Data');
  const isSimple = isText(subject) && (isText(text) || isText(html));
  if (!isSimple && !isText(raw) && !isText(at(mail, 'Content.Template.TemplateName')))
    return bad('One of Simple, Raw or Template must be in Content.');
  const id = `0100${hexId(12)}-${hexId(8)}-${hexId(4)}-${hexId(4)}-${hexId(4)}-${hexId(12)}-000000`;
  store.put({ kind: 'email', id, data: { from, to, subject, text, html } });
  return json(200, { MessageId: id });
}

const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isText) : []);

export const amazonSesOperations: OperationSet = {
  slugs: ['amazon-ses'],
  routes: [{ method: 'POST', path: '/v2/email/outbound-emails', handle: send }],
  refused(reason) {
    const refusal = refusals[reason];
    return refusal ? failure(403, ...refusal) : null;
  },
  notFound: () => failure(404, 'UnknownOperationException', 'There is no such operation.'),
};
