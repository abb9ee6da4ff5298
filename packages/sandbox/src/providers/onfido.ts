import { isEmail, isText, plain, readJson } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId, wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* Applicants, and runs of the workflow that the account has. */

const failure = (status: number, type: string, message: string, fields: Record<string, string[]> = {}) =>
  json(status, { error: { type, message, fields } });

const invalid = (field: string, message: string): SandboxReply =>
  failure(422, 'validation_error', 'There was a validation error on this request', { [field]: [message] });

const uuidOf = () => [8, 4, 4, 4, 12].map(hexId).join('-');

/** Characters that a name may not have. */
const notInNames = /[\^!#$%*=<>;{}"]/;

function createApplicant({ request, params, store, now }: Call): SandboxReply {
  const input = readJson(request);
  if (!input) return failure(400, 'bad_request', 'Could not parse the request');
  for (const field of ['first_name', 'last_name']) {
    const value = input[field];
    if (!isText(value)) return invalid(field, "can't be blank");
    if (notInNames.test(value)) return invalid(field, 'contains invalid characters');
  }
  const { email, phone_number: phone } = input;
  if (email !== undefined && !isEmail(email)) return invalid('email', 'is invalid');
  if (phone !== undefined && !/^\+[1-9]\d{6,14}$/.test(plain(phone)))
    return invalid('phone_number', 'is invalid');
  const id = uuidOf();
  const href = `/v3.6/applicants/${id}`;
  const data = {
    id,
    created_at: new Date(now).toISOString(),
    href,
    sandbox: true,
    region: params['region'],
    ...input,
  };
  store.put({ kind: 'applicant', id, data });
  return json(201, data);
}

function run({ request, account, store, now }: Call): SandboxReply {
  const input = readJson(request);
  if (!input) return failure(400, 'bad_request', 'Could not parse the request');
  const { workflow_id: workflow, applicant_id: applicant } = input;
  if (workflow !== account.values['workflowId'])
    return invalid('workflow_id', 'is not a workflow of the account');
  if (!isText(applicant) || !store.find('applicant', applicant))
    return invalid('applicant_id', 'is not an applicant of the account');
  const id = uuidOf();
  const data = {
    id,
    applicant_id: applicant,
    workflow_id: workflow,
    workflow_version_id: 1,
    customer_user_id: input['customer_user_id'] ?? null,
    status: 'awaiting_input',
    created_at: new Date(now).toISOString(),
    link: { url: `https://eu.onfido.app/l/${id}` },
  };
  store.put({ kind: 'workflow run', id, data });
  return json(201, { ...data, sdk_token: `eyJhbGciOiJFUzUxMiJ9.${wordId(40)}.${wordId(20)}` });
}

export const onfidoOperations: OperationSet = {
  slugs: ['onfido'],
  routes: [
    { method: 'POST', path: '/v3.6/applicants', handle: createApplicant },
    { method: 'POST', path: '/v3.6/workflow_runs', handle: run },
  ],
  notFound: () => failure(404, 'resource_not_found', 'The requested resource was not found.'),
};
