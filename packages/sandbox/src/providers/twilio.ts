import { isText, readForm } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import type { StoredItem } from '../store.ts';

const longestBody = 1600;
const segment = 160;
const phone = /^\+[1-9]\d{6,14}$/;
const sender = /^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11}|\d{5,6})$/;

/** An error as Twilio writes it. */
export function twilioFailure(status: number, code: number, message: string): SandboxReply {
  return json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}

/** The magic numbers of Twilio's test credentials that fail. */
const magicRecipients: Record<string, [code: number, message: string]> = {
  '+15005550001': [21211, "Invalid 'To' Phone Number: +15005550001"],
  '+15005550002': [21612, "The 'To' phone number is not currently reachable via SMS"],
  '+15005550003': [21408, 'Permission to send an SMS has not been enabled for the region'],
  '+15005550004': [21610, 'Attempt to send to unsubscribed recipient'],
  '+15005550009': [21614, "'To' number is not a valid mobile number"],
};

function faultOf(form: URLSearchParams, own: string): [code: number, message: string] | null {
  const [to, from, service, body] = ['To', 'From', 'MessagingServiceSid', 'Body'].map(
    (name) => form.get(name) ?? '',
  );
  if (!isText(to)) return [21604, "A 'To' phone number is required."];
  if (!isText(from) && !isText(service)) return [21603, "A 'From' phone number is required."];
  if (!isText(body) && !form.has('MediaUrl') && !form.has('ContentSid'))
    return [21602, 'Message body is required.'];
  if (body!.length > longestBody)
    return [21617, 'The concatenated message body exceeds the 1600 character limit.'];
  if (!phone.test(to)) return [21211, `Invalid 'To' Phone Number: ${to}`];
  if (isText(service))
    return /^MG[0-9a-f]{32}$/.test(service)
      ? (magicRecipients[to] ?? null)
      : [21701, 'The Messaging Service does not exist.'];
  if (!sender.test(from!)) return [21212, `Invalid 'From' Phone Number: ${from}`];
  if (from !== own)
    return [
      21606,
      `The 'From' phone number provided (${from}) is not a valid message-capable Twilio phone number.`,
    ];
  return to === from ? [21266, "'To' and 'From' number cannot be the same"] : (magicRecipients[to] ?? null);
}

const isOwn = ({ params, account }: Call) => params['account'] === account.values['accountSid'];
const unknown = (call: Call) =>
  twilioFailure(404, 20404, `The requested resource ${call.request.path} was not found`);

async function send(call: Call): Promise<SandboxReply> {
  const { request, account, store, now } = call;
  if (!isOwn(call)) return unknown(call);
  const form = await readForm(request);
  const fault = faultOf(form, account.values['from']!);
  if (fault) return twilioFailure(400, ...fault);
  const sid = `SM${hexId(32)}`;
  const date = new Date(now).toUTCString().replace('GMT', '+0000');
  const body = form.get('Body') ?? '';
  const item = store.put({
    kind: 'sms',
    id: sid,
    data: {
      account_sid: account.values['accountSid'],
      api_version: '2010-04-01',
      body,
      date_created: date,
      date_sent: null,
      date_updated: date,
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: form.get('From'),
      messaging_service_sid: form.get('MessagingServiceSid'),
      num_media: '0',
      num_segments: String(Math.max(1, Math.ceil(body.length / segment))),
      price: null,
      price_unit: 'USD',
      sid,
      status: 'queued',
      to: form.get('To'),
      uri: `/2010-04-01/Accounts/${account.values['accountSid']}/Messages/${sid}.json`,
    },
  });
  return json(201, item.data);
}

function find(call: Call): SandboxReply {
  const item: StoredItem | undefined = call.store.find('sms', call.params['sid']!.replace(/\.json$/, ''));
  return item && isOwn(call) ? json(200, { ...item.data, status: 'delivered' }) : unknown(call);
}

export const twilioOperations: OperationSet = {
  slugs: ['twilio'],
  routes: [
    { method: 'POST', path: '/2010-04-01/Accounts/{account}/Messages.json', handle: send },
    { method: 'GET', path: '/2010-04-01/Accounts/{account}/Messages/{sid}', handle: find },
  ],
  notFound: ({ path }) => twilioFailure(404, 20404, `The requested resource ${path} was not found`),
};
