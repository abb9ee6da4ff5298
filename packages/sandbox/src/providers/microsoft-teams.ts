import { at, isFields, isText, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { digitId, wordId } from '../ids.ts';
import { json, text } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import { graphDenied, graphFailure, graphUnknown } from './microsoft-graph.ts';

const team = '02bd9fd6-8f93-4758-87c3-1fb73740a315';
const channels = [
  { id: '19:general@thread.tacv2', displayName: 'General', membershipType: 'standard' },
  { id: '19:interviews@thread.tacv2', displayName: 'Interviews', membershipType: 'standard' },
];
const largestCard = 28 * 1024;

function post(call: Call): SandboxReply {
  const channel = channels.find(({ id }) => id === call.params['channel']);
  if (!/^19:[^@]+@thread\.(tacv2|skype|v2)$/.test(call.params['channel'] ?? ''))
    return graphFailure(400, 'BadRequest', 'The id of the channel is not of a channel.');
  if (call.params['team'] !== team || !channel)
    return graphFailure(404, 'NotFound', 'Team or channel was not found.');
  const content = at(readJson(call.request), 'body.content');
  if (!isText(content)) return graphFailure(400, 'BadRequest', 'Missing body content');
  const id = String(call.now);
  const data = {
    id,
    messageType: 'message',
    createdDateTime: new Date(call.now).toISOString(),
    body: { contentType: at(readJson(call.request), 'body.contentType') ?? 'text', content },
    channelIdentity: { teamId: team, channelId: channel.id },
  };
  call.store.put({ kind: 'message', id: `${id}:${call.store.next()}`, data });
  return json(201, data);
}

function createMeeting(call: Call, more: Fields = {}): SandboxReply {
  const input = readJson(call.request);
  const [starts, ends] = ['startDateTime', 'endDateTime'].map((name) => Date.parse(String(input?.[name])));
  if (!input || Number.isNaN(starts) || Number.isNaN(ends))
    return graphFailure(400, 'BadRequest', 'startDateTime and endDateTime have to be dates.');
  if (ends! <= starts!) return graphFailure(400, 'BadRequest', 'The end has to be after the start.');
  const id = wordId(40);
  const data = {
    ...more,
    id,
    subject: input['subject'] ?? null,
    startDateTime: input['startDateTime'],
    endDateTime: input['endDateTime'],
    joinWebUrl: `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${wordId(20)}%40thread.v2/0`,
    joinMeetingIdSettings: { joinMeetingId: digitId(12), isPasscodeRequired: false },
  };
  call.store.put({ kind: 'meeting', id, data });
  return json(201, data);
}

/** Makes a meeting, or gives the one that was made under this id before. */
function createOrGetMeeting(call: Call): SandboxReply {
  const externalId = readJson(call.request)?.['externalId'];
  if (!isText(externalId)) return graphFailure(400, 'BadRequest', 'externalId is required.');
  const known = call.store.list('meeting').find(({ data }) => data['externalId'] === externalId);
  return known ? json(200, known.data) : createMeeting(call, { externalId });
}

/** A workflow or connector that posts to one channel: its address is the secret. */
function hook(call: Call): SandboxReply {
  const card = readJson(call.request);
  const isWorkflow =
    call.request.host.includes('.logic.azure.com') || call.request.host.includes('.powerplatform.com');
  if (!card) return text(400, 'Bad payload received by generic incoming webhook.');
  if (call.request.body.length > largestCard) return text(413, 'Request Entity Too Large');
  const hasCard = Array.isArray(card['attachments']) && card['attachments'].every(isFields);
  if (!isText(card['text']) && !isText(card['summary']) && !hasCard)
    return text(400, 'Summary or Text is required.');
  call.store.put({ kind: 'message', id: `hook:${call.store.next()}`, data: card });
  return isWorkflow ? { status: 202 } : text(200, '1');
}

export const microsoftTeamsOperations: OperationSet = {
  slugs: ['microsoft-teams'],
  routes: [
    {
      method: 'POST',
      path: '/v1.0/teams/{team}/channels/{channel}/messages',
      scopes: ['ChannelMessage.Send'],
      handle: post,
    },
    {
      method: 'GET',
      path: '/v1.0/teams/{team}/channels',
      scopes: ['Channel.ReadBasic.All'],
      handle: ({ params }) => (params['team'] === team ? json(200, { value: channels }) : graphUnknown()),
    },
    {
      method: 'POST',
      path: '/v1.0/me/onlineMeetings',
      scopes: ['OnlineMeetings.ReadWrite'],
      handle: (call) => createMeeting(call),
    },
    {
      method: 'POST',
      path: '/v1.0/me/onlineMeetings/createOrGet',
      scopes: ['OnlineMeetings.ReadWrite'],
      handle: createOrGetMeeting,
    },
    {
      method: 'POST',
      host: '{tenant}.webhook.office.com',
      path: '/webhookb2/{key+}',
      open: true,
      handle: hook,
    },
    { method: 'POST', host: '{region}.logic.azure.com', path: '/workflows/{key+}', open: true, handle: hook },
    {
      method: 'POST',
      host: '{region}.logic.azure.com:443',
      path: '/workflows/{key+}',
      open: true,
      handle: hook,
    },
  ],
  missingScope: graphDenied,
  notFound: graphUnknown,
};
