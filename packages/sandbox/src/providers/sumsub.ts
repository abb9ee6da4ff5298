import { at, isEmail, isText, plain, readJson } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId, wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* Applicants, and tokens with which a person goes on in a page or an app. */

const failure = (code: number, description: string): SandboxReply =>
  json(code, { description, code, correlationId: `req-${[8, 4, 4, 4, 12].map(hexId).join('-')}` });

const levelMissing = (name: string) => failure(404, `Level '${name}' not found`);

function create({ request, account, store, now }: Call): SandboxReply {
  const level = request.query.get('levelName') ?? '';
  if (level !== account.values['levelName']) return levelMissing(level);
  const input = readJson(request);
  if (!input) return failure(400, 'The body is no JSON.');
  const { externalUserId, email, phone } = input;
  if (!isText(externalUserId)) return failure(400, 'externalUserId is required');
  if (email !== undefined && !isEmail(email)) return failure(400, 'email is not valid');
  if (phone !== undefined && !/^\+?\d{6,15}$/.test(plain(phone))) return failure(400, 'phone is not valid');
  const before = store.find('applicant', externalUserId);
  if (before)
    return failure(
      409,
      `Applicant with external user id '${externalUserId}' already exists: ${plain(before.data['id'])}`,
    );
  const data = {
    id: hexId(24),
    createdAt: new Date(now).toISOString().replace('T', ' ').slice(0, 19),
    externalUserId,
    inspectionId: hexId(24),
    fixedInfo: input['fixedInfo'],
    email,
    phone,
    review: { reviewStatus: 'init', levelName: level },
    type: 'individual',
  };
  store.put({ kind: 'applicant', id: externalUserId, data });
  return json(201, data);
}

function find({ params, store }: Call): SandboxReply {
  const item = store.find('applicant', params['id']!);
  return item ? json(200, item.data) : failure(404, 'Applicant not found');
}

function token({ request, account }: Call): SandboxReply {
  const input = readJson(request);
  if (!input || !isText(input['userId'])) return failure(400, 'userId is required');
  const level = String(at(input, 'levelName'));
  if (level !== account.values['levelName']) return levelMissing(level);
  const seconds = input['ttlInSecs'];
  if (seconds !== undefined && !Number.isInteger(seconds)) return failure(400, 'ttlInSecs is a whole number');
  return json(200, { token: `_act-sbx-jwt-${wordId(40)}`, userId: input['userId'] });
}

export const sumsubOperations: OperationSet = {
  slugs: ['sumsub'],
  routes: [
    { method: 'POST', path: '/resources/applicants', handle: create },
    { method: 'GET', path: '/resources/applicants/-;externalUserId={id}/one', handle: find },
    { method: 'POST', path: '/resources/accessTokens/sdk', handle: token },
  ],
};
