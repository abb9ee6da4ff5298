import { isText, readForm } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { digitId, hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import { twilioFailure } from './twilio.ts';

const channels = new Set(['sms', 'call', 'email', 'whatsapp']);
const lifeMs = 10 * 60_000;
const mostSends = 5;
const mostChecks = 5;

const unknown = (call: Call) =>
  twilioFailure(404, 20404, `The requested resource ${call.request.path} was not found`);
const isOwn = ({ params, account }: Call) => params['service'] === account.values['serviceSid'];

/** One verification of one recipient; its code stands among what was sent. */
async function start(call: Call): Promise<SandboxReply> {
  if (!isOwn(call)) return unknown(call);
  const { account, store, now } = call;
  const form = await readForm(call.request);
  const [to, channel] = [form.get('To') ?? '', form.get('Channel') ?? ''];
  if (!channels.has(channel)) return twilioFailure(400, 60200, `Invalid parameter: Channel`);
  const fits = channel === 'email' ? /^[^@\s]+@[^@\s]+$/ : /^\+[1-9]\d{6,14}$/;
  // Numbers of North America have no area code that begins with 0 or 1.
  if (!fits.test(to) || /^\+1(?![2-9]\d{9}$)/.test(to))
    return twilioFailure(400, 60200, 'Invalid parameter `To`');
  const pending = store.find('verification', to);
  const isPending = pending?.data['status'] === 'pending' && now < Number(pending.data['expiresAt']);
  const sends = isPending ? Number(pending.data['sends']) + 1 : 1;
  if (sends > mostSends) return twilioFailure(429, 60203, 'Max send attempts reached');
  const sid = isPending ? String(pending.data['sid']) : `VE${hexId(32)}`;
  const code = isPending ? String(pending.data['code']) : digitId(6);
  const checks = isPending ? pending.data['checks'] : 0;
  const expiresAt = isPending ? pending.data['expiresAt'] : now + lifeMs;
  store.put({
    kind: 'verification',
    id: to,
    data: { sid, to, channel, code, status: 'pending', sends, checks, expiresAt },
  });
  return json(201, {
    sid,
    service_sid: account.values['serviceSid'],
    account_sid: account.values['accountSid'],
    to,
    channel,
    status: 'pending',
    valid: false,
    date_created: new Date(now).toISOString(),
  });
}

async function check(call: Call): Promise<SandboxReply> {
  if (!isOwn(call)) return unknown(call);
  const { account, store, now } = call;
  const form = await readForm(call.request);
  const [to, code] = [form.get('To'), form.get('Code')];
  if (!isText(code) || !/^\d{4,10}$/.test(code)) return twilioFailure(400, 60200, 'Invalid parameter: Code');
  const pending = store.find('verification', to ?? '');
  if (pending?.data['status'] !== 'pending' || now >= Number(pending.data['expiresAt'])) return unknown(call);
  const checks = Number(pending.data['checks']) + 1;
  if (checks > mostChecks) return twilioFailure(429, 60202, 'Max check attempts reached');
  const status = code === pending.data['code'] ? 'approved' : 'pending';
  store.put({ ...pending, data: { ...pending.data, checks, status } });
  return json(200, {
    sid: pending.data['sid'],
    service_sid: account.values['serviceSid'],
    account_sid: account.values['accountSid'],
    to,
    channel: pending.data['channel'],
    status,
    valid: status === 'approved',
  });
}

export const twilioVerifyOperations: OperationSet = {
  slugs: ['twilio-verify'],
  routes: [
    { method: 'POST', path: '/v2/Services/{service}/Verifications', handle: start },
    { method: 'POST', path: '/v2/Services/{service}/VerificationCheck', handle: check },
  ],
  notFound: ({ path }) => twilioFailure(404, 20404, `The requested resource ${path} was not found`),
};
