import { isText, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { digitId, wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

const longestTopic = 200;
const types = new Set([1, 2, 3, 8]);

const failure = (status: number, code: number, message: string, more: Fields = {}) =>
  json(status, { code, message, ...more });
const invalid = (field: string, message: string) =>
  failure(400, 300, 'Validation Failed.', { errors: [{ field, message }] });
const unknown = (id: string) => failure(404, 3001, `Meeting does not exist: ${id}.`);

function meetingFault({ topic, type, start_time: start, duration }: Fields): SandboxReply | null {
  if (topic !== undefined && (typeof topic !== 'string' || topic.length > longestTopic))
    return invalid('topic', `The topic has at most ${longestTopic} characters.`);
  if (type !== undefined && !types.has(Number(type))) return invalid('type', 'Invalid field.');
  const isTime = typeof start === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/.test(start);
  if (start !== undefined && !isTime) return invalid('start_time', 'Invalid field.');
  if (duration !== undefined && !(Number.isInteger(duration) && Number(duration) > 0))
    return invalid('duration', 'Invalid field.');
  return null;
}

function create({ request, params, store, now }: Call): SandboxReply {
  if (params['user'] !== 'me' && params['user'] !== 'ada@example.com')
    return failure(404, 1001, `User does not exist: ${params['user']}.`);
  const input = readJson(request);
  if (!input) return failure(400, 300, 'Request Body should be a valid JSON object.');
  const fault = meetingFault(input);
  if (fault) return fault;
  const id = digitId(11);
  const data = {
    uuid: `${wordId(22)}==`,
    id: Number(id),
    host_id: 'KDcuGIm1QgePTO8WbOqwIQ',
    host_email: 'ada@example.com',
    topic: 'Zoom Meeting',
    type: 2,
    duration: 60,
    timezone: 'UTC',
    ...input,
    status: 'waiting',
    created_at: new Date(now).toISOString(),
    start_url: `https://us05web.zoom.us/s/${id}?zak=${wordId(40)}`,
    join_url: `https://us05web.zoom.us/j/${id}?pwd=${wordId(16)}`,
    password: isText(input['password']) ? input['password'] : wordId(6),
  };
  store.put({ kind: 'meeting', id, data: { ...data, start_url: '••••', password: '••••' } });
  return json(201, data);
}

function find({ params, store }: Call): SandboxReply {
  const item = store.find('meeting', params['id']!);
  return item ? json(200, item.data) : unknown(params['id']!);
}

function change({ request, params, store }: Call): SandboxReply {
  const item = store.find('meeting', params['id']!);
  if (!item) return unknown(params['id']!);
  const input = readJson(request);
  if (!input) return failure(400, 300, 'Request Body should be a valid JSON object.');
  const fault = meetingFault(input);
  if (fault) return fault;
  store.put({ ...item, data: { ...item.data, ...input } });
  return { status: 204 };
}

function remove({ params, store }: Call): SandboxReply {
  return store.remove('meeting', params['id']!) ? { status: 204 } : unknown(params['id']!);
}

export const zoomOperations: OperationSet = {
  slugs: ['zoom'],
  routes: [
    {
      method: 'POST',
      path: '/v2/users/{user}/meetings',
      scopes: ['meeting:write:meeting', 'meeting:write:meeting:admin'],
      handle: create,
    },
    { method: 'GET', path: '/v2/meetings/{id}', scopes: ['meeting:read:meeting'], handle: find },
    { method: 'PATCH', path: '/v2/meetings/{id}', scopes: ['meeting:update:meeting'], handle: change },
    { method: 'DELETE', path: '/v2/meetings/{id}', scopes: ['meeting:delete:meeting'], handle: remove },
  ],
  missingScope: (needed) =>
    failure(400, 4711, `Invalid access token, does not contain scopes:[${needed.join(', ')}].`),
  notFound: () => failure(404, 2300, 'This API endpoint is not recognized.'),
};
