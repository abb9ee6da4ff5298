import { at, isEmail, isText, plain, readJson } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* Candidates and screenings, as far as they are known from descriptions by others. */

const refuse = (message: string, status = 400): SandboxReply => json(status, { message });
const known = new Set('clientReferenceId email givenName familyName phone'.split(' '));

function createCandidate({ request, store }: Call): SandboxReply {
  const input = readJson(request);
  if (!input) return refuse('The body is no JSON.');
  const other = Object.keys(input).find((key) => !known.has(key));
  if (other !== undefined) return refuse(`Unknown property: ${other}`);
  if (!isEmail(input['email'])) return refuse('email is not valid');
  if (!isText(input['givenName']) || !isText(input['familyName']))
    return refuse('givenName and familyName are required');
  const id = hexId(24);
  const data = { id, ...input };
  store.put({ kind: 'candidate', id, data });
  return json(201, data);
}

function createScreening({ request, store, now }: Call): SandboxReply {
  const input = readJson(request);
  if (!input) return refuse('The body is no JSON.');
  const { candidateId, packageId } = input;
  if (!isText(candidateId) || !store.find('candidate', candidateId))
    return refuse('candidateId is not known', 422);
  if (plain(packageId) !== '1') return refuse('The package is not enabled for the account.', 403);
  if (!['email', 'link'].includes(plain(at(input, 'invite.method'))))
    return refuse('invite.method is not known');
  const id = hexId(24);
  const data = { id, candidateId, packageId, status: 'Pending', submittedAt: new Date(now).toISOString() };
  store.put({ kind: 'screening', id, data });
  return json(201, data);
}

export const sterlingOperations: OperationSet = {
  slugs: ['sterling'],
  routes: [
    { method: 'POST', path: '/v2/candidates', handle: createCandidate },
    { method: 'POST', path: '/v2/screenings', handle: createScreening },
  ],
};
