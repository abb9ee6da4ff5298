import { isEmail, isText, listOf, plain, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* Candidates, and invitations to a package of checks. */

const failure = (status: number, error: string): SandboxReply => json(status, { error });
const packages = ['basic', 'basic_plus'];

/** The answer that a key got before; a key belongs to one kind of call. */
function repeated({ request, store }: Call, kind: string): SandboxReply | null {
  const key = request.headers['idempotency-key'];
  const before = key === undefined ? undefined : store.find('idempotency key', key);
  if (!before) return null;
  const made = store.find(kind, plain(before.data['made']));
  return made ? json(201, made.data) : failure(409, 'Idempotency-Key was used for another request');
}

function keep({ request, store }: Call, kind: string, data: Fields): SandboxReply {
  const id = plain(data['id']);
  const key = request.headers['idempotency-key'];
  store.put({ kind, id, data });
  if (key !== undefined) store.put({ kind: 'idempotency key', id: key, data: { made: id } });
  return json(201, data);
}

function placeFault(value: unknown): SandboxReply | null {
  const places = listOf(value);
  if (places.length === 0) return failure(400, 'work_locations is missing');
  for (const { country, state } of places) {
    if (!/^[A-Z]{2}$/.test(plain(country))) return failure(400, 'work_locations country is invalid');
    if (country === 'US' && !/^[A-Z]{2}$/.test(plain(state)))
      return failure(400, 'work_locations state is invalid');
  }
  return null;
}

function createCandidate(call: Call): SandboxReply {
  const input = readJson(call.request);
  if (!input) return failure(400, 'Invalid JSON');
  const before = repeated(call, 'candidate');
  if (before) return before;
  const { email, first_name: first, last_name: last } = input;
  if (!isEmail(email)) return failure(400, 'email is invalid');
  if (!isText(first) || !isText(last)) return failure(400, 'first_name and last_name are required');
  const fault = placeFault(input['work_locations']);
  if (fault) return fault;
  const id = hexId(24);
  const time = new Date(call.now).toISOString();
  const uri = `/v1/candidates/${id}`;
  return keep(call, 'candidate', { ...input, id, object: 'candidate', uri, created_at: time });
}

function invite(call: Call): SandboxReply {
  const input = readJson(call.request);
  if (!input) return failure(400, 'Invalid JSON');
  const before = repeated(call, 'invitation');
  if (before) return before;
  const { candidate_id: candidate, package: wanted } = input;
  if (!isText(candidate) || !call.store.find('candidate', candidate))
    return failure(404, 'Candidate not found');
  if (!packages.includes(plain(wanted))) return failure(404, 'Package not found');
  const fault = placeFault(input['work_locations']);
  if (fault) return fault;
  const id = hexId(24);
  return keep(call, 'invitation', {
    ...input,
    id,
    object: 'invitation',
    uri: `/v1/invitations/${id}`,
    status: 'pending',
    invitation_url: `https://apply.checkr.com/invite/acme/${hexId(24)}`,
    created_at: new Date(call.now).toISOString(),
  });
}

export const checkrOperations: OperationSet = {
  slugs: ['checkr'],
  routes: [
    { method: 'POST', path: '/v1/candidates', handle: createCandidate },
    { method: 'POST', path: '/v1/invitations', handle: invite },
  ],
  notFound: () => failure(404, 'Not found'),
};
