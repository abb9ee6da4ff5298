import { isEmail, isFields, listOf, plain } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply, SandboxRequest } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/*
 * Signature requests. Lists and objects come in two ways: as fields whose names hold their place in brackets, as in
 * `signers[0][name]`, and as one field in JSON, which is how the provider's own clients send them.
 */

const failure = (status: number, name: string, message: string): SandboxReply =>
  json(status, { error: { error_msg: message, error_name: name } });

const known =
  /^(title|subject|message|test_mode|client_id|signers|metadata|files\[\d*\]|signers\[\d+\]\[(name|email_address|order)\]|metadata\[\w+\])$/;

/** What was sent: the texts by name, and the files. */
interface Sent {
  texts: Map<string, string>;
  files: { name: string; bytes: number }[];
}

async function readSent(request: SandboxRequest): Promise<Sent | null> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return null;
  const response = new Response(new Uint8Array(request.body), { headers: { 'content-type': type } });
  const form = await response.formData().catch(() => null);
  if (form === null) return null;
  const sent: Sent = { texts: new Map(), files: [] };
  for (const [name, value] of form) {
    if (typeof value === 'string') sent.texts.set(name, value);
    else sent.files.push({ name: value.name, bytes: value.size });
  }
  return sent;
}

/** The field of that name in JSON; undefined when it is none. */
function jsonIn({ texts }: Sent, name: string): unknown {
  try {
    return JSON.parse(texts.get(name) ?? '');
  } catch {
    return undefined;
  }
}

/** What was said of the request in the caller's own words. */
function metadataOf(sent: Sent): Fields {
  const whole = jsonIn(sent, 'metadata');
  if (isFields(whole)) return whole;
  const named = [...sent.texts].flatMap(([name, value]) => {
    const key = /^metadata\[(\w+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(named);
}

/** The signers in the order of their places. */
function signersOf(sent: Sent): Fields[] {
  const { texts } = sent;
  const whole = jsonIn(sent, 'signers');
  if (whole !== undefined) return listOf(whole);
  const signers: Fields[] = [];
  for (const [name, value] of texts) {
    const match = /^signers\[(\d+)\]\[(\w+)\]$/.exec(name);
    if (match) signers[Number(match[1])] = { ...signers[Number(match[1])], [match[2]!]: value };
  }
  return signers.filter((signer) => signer !== undefined);
}

async function send({ request, store, now }: Call): Promise<SandboxReply> {
  const bad = (message: string) => failure(400, 'bad_request', message);
  const sent = await readSent(request);
  if (sent === null) return bad('The request is multipart/form-data here.');
  const other = [...sent.texts.keys()].find((name) => !known.test(name));
  if (other !== undefined) return bad(`Unrecognized parameter: ${other}`);
  if (sent.files.length === 0) return bad('You must specify at least one file');
  if (sent.files.some(({ name, bytes }) => bytes === 0 || !/\.(pdf|docx?|txt)$/i.test(name)))
    return bad('A file is empty or of a kind that is not taken');
  const signers = signersOf(sent);
  if (signers.length === 0) return bad('You must specify at least one signer');
  if (signers.some(({ name, email_address: email }) => !name || !isEmail(email)))
    return failure(400, 'invalid_recipient', 'A signer has no name or no valid address');
  const addresses = new Set(signers.map(({ email_address: email }) => plain(email).toLowerCase()));
  if (addresses.size < signers.length) return failure(400, 'invalid_recipient', 'Signers must be different');
  const orders = signers.map(({ order }) => order);
  if (orders.some((order) => order !== undefined) && orders.some((order) => !/^\d+$/.test(plain(order))))
    return bad('Either all signers have an order or none');
  const id = hexId(40);
  const text = (name: string) => sent.texts.get(name) ?? '';
  const data = {
    signature_request_id: id,
    test_mode: ['1', 'true'].includes(text('test_mode')),
    title: text('title'),
    subject: text('subject'),
    message: text('message'),
    metadata: metadataOf(sent),
    created_at: Math.floor(now / 1000),
    is_complete: false,
    is_declined: false,
    has_error: false,
    signatures: signers.map(({ name, email_address: email, order }) => ({
      signature_id: hexId(32),
      signer_name: name,
      signer_email_address: email,
      order: order === undefined ? null : Number(order),
      status_code: 'awaiting_signature',
      signed_at: null,
    })),
  };
  store.put({ kind: 'signature request', id, data });
  return json(200, { signature_request: data });
}

function find({ params, store }: Call): SandboxReply {
  const item = store.find('signature request', params['id']!);
  return item ? json(200, { signature_request: item.data }) : failure(404, 'not_found', 'Not found');
}

export const hellosignOperations: OperationSet = {
  slugs: ['hellosign'],
  routes: [
    { method: 'POST', path: '/v3/signature_request/send', handle: send },
    { method: 'GET', path: '/v3/signature_request/{id}', handle: find },
  ],
  notFound: () => failure(404, 'not_found', 'Not found'),
};
