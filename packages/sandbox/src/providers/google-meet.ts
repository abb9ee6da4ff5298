import { isFields, readJson } from '../body.ts';
import { wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import { googleDenied, googleFailure, googleUnknown } from './google.ts';

const scope = (name: string) => `https://www.googleapis.com/auth/meetings.space.${name}`;
const accessTypes = new Set(['ACCESS_TYPE_UNSPECIFIED', 'OPEN', 'TRUSTED', 'RESTRICTED']);

/** A space: a place to meet, without a date. */
function create({ request, store }: Call) {
  const input = request.body.length === 0 ? {} : readJson(request);
  if (!input) return googleFailure(400, 'parseError', 'Invalid JSON payload received.');
  const unknown = Object.keys(input).find((name) => name !== 'config');
  if (unknown !== undefined)
    return googleFailure(400, 'badRequest', `Invalid JSON payload received. Unknown name "${unknown}".`);
  const { config } = input;
  const access = isFields(config) ? config['accessType'] : undefined;
  if (access !== undefined && !(typeof access === 'string' && accessTypes.has(access)))
    return googleFailure(400, 'badRequest', 'Invalid value at space.config.access_type.');
  const code = [3, 4, 3].map((length) => wordId(length).toLowerCase().replaceAll(/\d/g, 'x')).join('-');
  const id = `spaces/${wordId(12)}`;
  const data = {
    name: id,
    meetingUri: `https://meet.google.com/${code}`,
    meetingCode: code,
    config: config ?? {},
  };
  store.put({ kind: 'meeting', id, data });
  return json(200, data);
}

export const googleMeetOperations: OperationSet = {
  slugs: ['google-meet'],
  routes: [{ method: 'POST', path: '/v2/spaces', scopes: [scope('created')], handle: create }],
  missingScope: googleDenied,
  notFound: googleUnknown,
};
