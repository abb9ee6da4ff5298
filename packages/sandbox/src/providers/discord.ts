import { isText, readForm, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { digitId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

const longestContent = 2000;
const mostEmbeds = 10;
const longestNonce = 25;
const nonceKeptMs = 300_000;

const failure = (status: number, code: number, message: string, more: Fields = {}) =>
  json(status, { message, code, ...more });
const invalidForm = (errors: Fields) => failure(400, 50035, 'Invalid Form Body', { errors });

async function messageIn({ request }: Call): Promise<Fields | null> {
  if ((request.headers['content-type'] ?? '').startsWith('multipart/form-data')) {
    const form = await readForm(request);
    const payload = form.get('payload_json');
    return payload === null ? Object.fromEntries(form) : (JSON.parse(payload) as Fields);
  }
  return readJson(request);
}

async function post(call: Call, channel: string): Promise<Fields | SandboxReply> {
  const message = await messageIn(call);
  if (!message) return failure(400, 50109, 'The request body contains invalid JSON.');
  const { content, embeds } = message;
  const hasEmbeds = Array.isArray(embeds) && embeds.length > 0;
  if (!isText(content) && !hasEmbeds) return failure(400, 50006, 'Cannot send an empty message');
  if (typeof content === 'string' && content.length > longestContent)
    return invalidForm({
      content: {
        _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${longestContent} or fewer in length.` }],
      },
    });
  if (hasEmbeds && embeds.length > mostEmbeds)
    return invalidForm({
      embeds: {
        _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${mostEmbeds} or fewer in length.` }],
      },
    });
  const nonce = message['nonce'];
  if (typeof nonce === 'string' && nonce.length > longestNonce)
    return invalidForm({
      nonce: {
        _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${longestNonce} or fewer in length.` }],
      },
    });
  // With `enforce_nonce` a message that was sent before is answered once more.
  const before = call.store
    .list('message')
    .find(({ data, at }) => data['nonce'] === nonce && call.now - at < nonceKeptMs);
  if (isText(nonce) && message['enforce_nonce'] === true && before) return before.data;
  const id = digitId(19);
  const data = {
    id,
    type: 0,
    channel_id: channel,
    content: content ?? '',
    embeds: embeds ?? [],
    ...(nonce === undefined ? {} : { nonce }),
    author: { id: '123456789012345678', username: 'acme', bot: true },
    timestamp: new Date(call.now).toISOString(),
  };
  call.store.put({ kind: 'message', id, data });
  return data;
}

const isReply = (value: Fields | SandboxReply): value is SandboxReply => 'status' in value;

async function postInChannel(call: Call): Promise<SandboxReply> {
  const channel = call.params['channel']!;
  if (!/^\d{15,21}$/.test(channel))
    return invalidForm({
      channel_id: {
        _errors: [{ code: 'NUMBER_TYPE_COERCE', message: `Value "${channel}" is not snowflake.` }],
      },
    });
  if (channel !== call.account.values['channelId']) return failure(404, 10003, 'Unknown Channel');
  const posted = await post(call, channel);
  return isReply(posted) ? posted : json(200, posted);
}

/** The address of a webhook is its secret. */
async function postByHook(call: Call): Promise<SandboxReply> {
  if (!/^\d{15,21}$/.test(call.params['hook']!) || call.params['key']!.length < 20)
    return failure(404, 10015, 'Unknown Webhook');
  const posted = await post(call, call.account.values['channelId']!);
  if (isReply(posted)) return posted;
  return call.request.query.get('wait') === 'true' ? json(200, posted) : { status: 204 };
}

const channel = ({ params, account }: Call) =>
  params['channel'] === account.values['channelId']
    ? json(200, { id: params['channel'], type: 0, name: 'general', guild_id: '123456789012345670' })
    : failure(404, 10003, 'Unknown Channel');

export const discordOperations: OperationSet = {
  slugs: ['discord'],
  routes: [
    { method: 'POST', path: '/api/v10/channels/{channel}/messages', handle: postInChannel },
    { method: 'GET', path: '/api/v10/channels/{channel}', handle: channel },
    { method: 'POST', path: '/api/webhooks/{hook}/{key}', open: true, handle: postByHook },
    { method: 'POST', path: '/api/v10/webhooks/{hook}/{key}', open: true, handle: postByHook },
  ],
  notFound: () => failure(404, 0, '404: Not Found'),
};
