import { isJson, isText, readForm, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { json, text } from '../operations.ts';
import type { Call, OperationSet, Route } from '../operations.ts';

const longestText = 40_000;

interface Channel {
  id: string;
  name: string;
  /** The app was added to it. */
  isMember: boolean;
  isPrivate: boolean;
}

/** The channels of the one workspace there is. */
const channels: readonly Channel[] = [
  { id: 'C0GENERAL', name: 'general', isMember: true, isPrivate: false },
  { id: 'C0SUPPORT', name: 'support-alerts', isMember: true, isPrivate: false },
  { id: 'C0RECRUIT', name: 'recruiting', isMember: true, isPrivate: false },
  { id: 'C0RANDOM', name: 'random', isMember: false, isPrivate: false },
  { id: 'G0BOARD', name: 'board', isMember: false, isPrivate: true },
];
const people = [
  { id: 'U0ADA', name: 'ada', real_name: 'Ada Example', profile: { email: 'ada@example.com' } },
  { id: 'U0JOHN', name: 'john', real_name: 'John Carter', profile: { email: 'john@company.com' } },
];

const fault = (error: string, more: Fields = {}): SandboxReply => json(200, { ok: false, error, ...more });
const done = (content: Fields): SandboxReply => json(200, { ok: true, ...content });

/** Slack takes JSON and forms alike; what is no JSON is no error but nothing. */
async function argumentsOf({ request }: Call): Promise<Fields> {
  const query = Object.fromEntries(request.query);
  if (isJson(request)) return { ...query, ...readJson(request) };
  return { ...query, ...Object.fromEntries(await readForm(request)) };
}

function findChannel(name: unknown): Channel | undefined {
  return channels.find(({ id, name: own }) => name === id || name === own || name === `#${own}`);
}

/** Texts that are answered with the error they name, for refusals that nothing in a request can bring about. */
const namedErrors = new Set([
  'account_inactive',
  'token_revoked',
  'token_expired',
  'restricted_action',
  'ratelimited',
  'rate_limited',
  'is_archived',
  'internal_error',
  'fatal_error',
]);

async function post(call: Call): Promise<SandboxReply> {
  const { channel: wanted, text: content, blocks, attachments, thread_ts: thread } = await argumentsOf(call);
  const [, named] = /^error: (\w+)$/.exec(isText(content) ? content : '') ?? [];
  if (named !== undefined && namedErrors.has(named)) return fault(named);
  const channel = findChannel(wanted);
  if (!channel || (channel.isPrivate && !channel.isMember)) return fault('channel_not_found');
  if (!isText(content) && !hasBlocks(blocks) && !hasBlocks(attachments)) return fault('no_text');
  if (blocks !== undefined && !hasBlocks(blocks)) return fault('invalid_blocks');
  if (isText(content) && content.length > longestText) return fault('msg_too_long');
  if (!channel.isMember && !call.token?.scopes.includes('chat:write.public')) return fault('not_in_channel');
  const ts = `${Math.floor(call.now / 1000)}.${String(call.store.next()).padStart(6, '0')}`;
  const message = {
    type: 'message',
    subtype: 'bot_message',
    text: content ?? '',
    ts,
    bot_id: 'B0SANDBOX',
    app_id: 'A0SANDBOX',
    ...(blocks === undefined ? {} : { blocks }),
    ...(thread === undefined ? {} : { thread_ts: thread }),
  };
  call.store.put({ kind: 'message', id: `${channel.id}:${ts}`, data: { channel: channel.name, ...message } });
  return done({ channel: channel.id, ts, message });
}

/** A list with something in it, given as such or as JSON in a form. */
function hasBlocks(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'string' && value.startsWith('[') && value.length > 2;
}

async function change(call: Call): Promise<SandboxReply> {
  const { channel, ts, text: content } = await argumentsOf(call);
  const item = call.store.find('message', `${String(channel)}:${String(ts)}`);
  if (!item) return fault('message_not_found');
  if (!isText(content)) return fault('no_text');
  call.store.put({ ...item, data: { ...item.data, text: content } });
  return done({ channel, ts, text: content });
}

async function remove(call: Call): Promise<SandboxReply> {
  const { channel, ts } = await argumentsOf(call);
  if (!call.store.remove('message', `${String(channel)}:${String(ts)}`)) return fault('message_not_found');
  return done({ channel, ts });
}

function listChannels(): SandboxReply {
  return done({
    channels: channels
      .filter(({ isPrivate }) => !isPrivate)
      .map(({ id, name, isMember }) => ({
        id,
        name,
        is_channel: true,
        is_archived: false,
        is_private: false,
        is_member: isMember,
      })),
    response_metadata: { next_cursor: '' },
  });
}

async function findPerson(call: Call): Promise<SandboxReply> {
  const { email } = await argumentsOf(call);
  const person = people.find(({ profile }) => profile.email === email);
  return person ? done({ user: person }) : fault('users_not_found');
}

/** An incoming webhook: its address is the secret, and it posts to one channel. */
function hook(call: Call): SandboxReply {
  const payload = readJson(call.request);
  if (
    !/^T\w{5,}$/.test(call.params['team']!) ||
    !/^B\w{5,}$/.test(call.params['app']!) ||
    !/^\w{16,}$/.test(call.params['key']!)
  )
    return text(404, 'no_service');
  if (!payload) return text(400, 'invalid_payload');
  if (!isText(payload['text']) && !hasBlocks(payload['blocks']) && !hasBlocks(payload['attachments']))
    return text(400, 'no_text');
  call.store.put({
    kind: 'message',
    id: `hook:${call.store.next()}`,
    data: { channel: 'general', ...payload },
  });
  return text(200, 'ok');
}

/** Every method answers GET and POST. */
const method = (name: string, scopes: readonly string[], handle: Route['handle']): Route[] =>
  ['GET', 'POST'].map((verb) => ({ method: verb, path: `/api/${name}`, scopes, handle }));

const reasons: Record<string, string> = { missing: 'not_authed', 'unknown token': 'invalid_auth' };

export const slackOperations: OperationSet = {
  slugs: ['slack'],
  routes: [
    ...method('chat.postMessage', ['chat:write'], post),
    ...method('chat.update', ['chat:write'], change),
    ...method('chat.delete', ['chat:write'], remove),
    ...method('conversations.list', ['channels:read'], listChannels),
    ...method('users.list', ['users:read'], () =>
      done({ members: people, response_metadata: { next_cursor: '' } }),
    ),
    ...method('users.lookupByEmail', ['users:read.email'], findPerson),
    {
      method: 'POST',
      host: 'hooks.slack.com',
      path: '/services/{team}/{app}/{key}',
      open: true,
      handle: hook,
    },
  ],
  refused(reason, { host }) {
    if (host === 'hooks.slack.com') return text(404, 'no_service');
    const error = reasons[reason];
    return error === undefined ? null : fault(error);
  },
  missingScope: (needed, { scopes }) =>
    fault('missing_scope', { needed: needed.join(','), provided: scopes.join(',') }),
  notFound: () => fault('unknown_method'),
};
