import { at, isEmail, isText, listOf, plain, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* Envelopes: documents that are sent to people for signature. */

const failure = (status: number, errorCode: string, message: string): SandboxReply =>
  json(status, { errorCode, message });

const invalid = (message: string) => failure(400, 'INVALID_REQUEST_PARAMETER', message);
const missing = (id: string) =>
  failure(404, 'ENVELOPE_DOES_NOT_EXIST', `The envelope ID is invalid or the envelope does not exist: ${id}`);

const accountId = '00000000-0000-0000-0000-000000000000';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const number = /^[1-9]\d*$/;

function documentFault(document: Fields): SandboxReply | null {
  const { documentId, name, documentBase64 } = document;
  if (!number.test(plain(documentId))) return invalid('documentId is a number above zero.');
  if (!isText(name)) return invalid('A document has a name.');
  if (!isText(documentBase64) || !base64.test(documentBase64))
    return failure(400, 'UNABLE_TO_LOAD_DOCUMENT', 'Unable to load the document.');
  const begins = Buffer.from(documentBase64.slice(0, 8), 'base64').toString('latin1');
  const kind = plain(document['fileExtension']).toLowerCase();
  return !begins.startsWith(kind === 'docx' ? 'PK' : '%PDF')
    ? failure(400, 'UNABLE_TO_CONVERT_DOCUMENT', 'System was unable to convert this document to a PDF.')
    : null;
}

function signerFault(signer: Fields): SandboxReply | null {
  const { recipientId, routingOrder, name, email } = signer;
  if (!number.test(plain(recipientId))) return invalid('recipientId is a number above zero.');
  if (routingOrder !== undefined && !number.test(plain(routingOrder)))
    return invalid('routingOrder is a number above zero.');
  if (!isText(name) || name.length > 100)
    return failure(400, 'INVALID_USER_NAME', 'The user name has 1 to 100 characters.');
  return isEmail(email)
    ? null
    : failure(400, 'INVALID_EMAIL_ADDRESS_FOR_RECIPIENT', 'The email address for the recipient is invalid.');
}

function create({ request, store, now }: Call): SandboxReply {
  const input = readJson(request);
  if (!input)
    return failure(400, 'INVALID_REQUEST_BODY', 'The request body is missing or improperly formatted.');
  const { status, emailSubject, transactionId } = input;
  if (status !== 'sent' && status !== 'created') return invalid('status is sent or created.');
  if (!isText(emailSubject) || emailSubject.length > 100)
    return invalid('emailSubject has 1 to 100 characters.');
  if (transactionId !== undefined && !uuid.test(plain(transactionId)))
    return invalid('transactionId is a GUID.');
  const documents = listOf(input['documents']);
  if (documents.length === 0)
    return failure(400, 'ENVELOPE_IS_INCOMPLETE', 'The envelope has no documents to be sent.');
  const signers = listOf(at(input, 'recipients.signers'));
  if (signers.length === 0) return failure(400, 'ENVELOPE_IS_INCOMPLETE', 'The envelope has no recipients.');
  for (const document of documents) {
    const fault = documentFault(document);
    if (fault) return fault;
  }
  for (const signer of signers) {
    const fault = signerFault(signer);
    if (fault) return fault;
  }
  const id = [8, 4, 4, 4, 12].map(hexId).join('-');
  const time = new Date(now).toISOString();
  store.put({
    kind: 'envelope',
    id,
    data: {
      envelope: { envelopeId: id, status, transactionId, emailSubject, sentDateTime: time },
      documents: documents.map(({ documentId, name }) => ({ documentId, name })),
      recipients: { signers: signers.map((signer) => ({ ...signer, status: 'sent' })) },
    },
  });
  return json(201, { envelopeId: id, status, statusDateTime: time, uri: `/envelopes/${id}` });
}

function find({ request, params, store }: Call): SandboxReply {
  const item = store.find('envelope', params['id']!);
  if (!item) return missing(params['id']!);
  const { envelope, recipients } = item.data;
  const asked = request.query.get('include') === 'recipients' ? { recipients } : {};
  return json(200, { ...(envelope as Fields), ...asked });
}

/** One of the filters is needed: transactions, envelopes, or a time. */
function list({ request, store }: Call): SandboxReply {
  const wanted = request.query.get('transaction_ids');
  if (wanted === null && !request.query.has('from_date'))
    return invalid('The value from_date, envelope_ids or transaction_ids is required.');
  const ids = wanted?.split(',');
  const all = store.list('envelope').map(({ data }) => data['envelope'] as Fields);
  const envelopes = all.filter(({ transactionId: id }) => ids === undefined || ids.includes(plain(id)));
  return json(200, { resultSetSize: String(envelopes.length), ...(envelopes.length > 0 && { envelopes }) });
}

/** Answers only for the account of the token. */
const own =
  (handle: (call: Call) => SandboxReply) =>
  (call: Call): SandboxReply =>
    call.params['account'] === accountId
      ? handle(call)
      : failure(401, 'USER_DOES_NOT_BELONG_TO_SPECIFIED_ACCOUNT', 'The user is no member of the account.');

const root = '/restapi/v2.1/accounts/{account}/envelopes';
const scopes = ['signature'];

export const docusignOperations: OperationSet = {
  slugs: ['docusign'],
  routes: [
    { method: 'POST', path: root, scopes, handle: own(create) },
    { method: 'GET', path: root, scopes, handle: own(list) },
    { method: 'GET', path: `${root}/{id}`, scopes, handle: own(find) },
  ],
};
