import { basicIn } from '../auth/authenticate.ts';
import { isJson, isText, readForm, readJson } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

const longestText = 1000;
const recipient = /^[1-9]\d{6,14}$/;
const sender = /^([1-9]\d{4,14}|[A-Za-z0-9 ]{1,11})$/;

function invalid(parameters: { name: string; reason: string }[]): SandboxReply {
  return json(422, {
    type: 'https://developer.vonage.com/api-errors/messages#1150',
    title: 'Invalid params',
    detail: 'The value of one or more parameters is invalid.',
    instance: hexId(32),
    invalid_parameters: parameters,
  });
}

/** The Messages API. */
function sendMessage({ request, store }: Call): SandboxReply {
  const message = isJson(request) ? readJson(request) : null;
  if (!message)
    return json(415, { title: 'Unsupported Media Type', detail: 'Send JSON.', instance: hexId(32) });
  const { channel, message_type: type, to, from, text } = message;
  const faults = [
    channel !== 'sms' && { name: 'channel', reason: 'Must be sms.' },
    type !== 'text' && { name: 'message_type', reason: 'Must be text.' },
    !(typeof to === 'string' && recipient.test(to)) && {
      name: 'to',
      reason: 'Must be a number in the E.164 format, without a plus.',
    },
    !(isText(from) && sender.test(from)) && {
      name: 'from',
      reason: 'Must be a number or a name.',
    },
    !(isText(text) && text.length <= longestText) && {
      name: 'text',
      reason: `Must have 1 to ${longestText} characters.`,
    },
  ].filter((fault) => fault !== false);
  if (faults.length > 0) return invalid(faults);
  const id = [8, 4, 4, 4, 12].map(hexId).join('-');
  store.put({ kind: 'sms', id, data: { to, from, text } });
  return json(202, { message_uuid: id });
}

/** The older SMS API answers 200 to refusals too. */
async function sendSms({ request, store, account }: Call): Promise<SandboxReply> {
  const form = isJson(request)
    ? new URLSearchParams(readJson(request) as Record<string, string>)
    : await readForm(request);
  const refuse = (status: string, text: string) =>
    json(200, { 'message-count': '1', messages: [{ status, 'error-text': text }] });
  const [to, from, text] = ['to', 'from', 'text'].map((name) => form.get(name) ?? '');
  const { user, password } = basicIn(request) ?? {
    user: form.get('api_key'),
    password: form.get('api_secret'),
  };
  if (user !== account.values['apiKey'] || password !== account.values['apiSecret'])
    return refuse('4', 'Bad Credentials');
  if (!to || !from || !text) return refuse('2', `Missing ${!to ? 'to' : !from ? 'from' : 'text'} param`);
  if (!recipient.test(to)) return refuse('3', 'Invalid value for parameter: to');
  const id = hexId(16).toUpperCase();
  store.put({ kind: 'sms', id, data: { to, from, text } });
  return json(200, {
    'message-count': '1',
    messages: [
      {
        to,
        'message-id': id,
        status: '0',
        'remaining-balance': '10.28',
        'message-price': '0.05',
        network: '12345',
      },
    ],
  });
}

export const vonageOperations: OperationSet = {
  slugs: ['vonage'],
  routes: [
    { method: 'POST', path: '/v1/messages', handle: sendMessage },
    { method: 'POST', host: 'rest.nexmo.com', path: '/sms/json', open: true, handle: sendSms },
  ],
};
