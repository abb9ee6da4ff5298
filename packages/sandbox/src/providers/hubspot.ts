import { at, isEmail, isFields, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { digitId, hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import type { StoredItem } from '../store.ts';

const properties = new Set(
  [
    'email',
    'firstname',
    'lastname',
    'phone',
    'mobilephone',
    'company',
    'jobtitle',
    'website',
    'city',
    'state',
  ].concat(['country', 'zip', 'address', 'lifecyclestage', 'hs_lead_status', 'hubspot_owner_id']),
);
const mostInBatch = 100;

function failure(status: number, category: string, message: string, more: Fields = {}): SandboxReply {
  const correlationId = [8, 4, 4, 4, 12].map(hexId).join('-');
  return json(status, { status: 'error', message, correlationId, category, ...more });
}

const invalid = (message: string) => failure(400, 'VALIDATION_ERROR', message);
const unknown = () => failure(404, 'OBJECT_NOT_FOUND', 'resource not found');

function propertyFault(values: Fields): SandboxReply | null {
  const name = Object.keys(values).find((each) => !properties.has(each));
  if (name !== undefined)
    return invalid(
      `Property values were not valid: [{"isValid":false,"message":"Property \\"${name}\\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"${name}"}]`,
    );
  const { email } = values;
  if (isText(email) && !isEmail(email))
    return invalid(
      `Property values were not valid: [{"isValid":false,"message":"Email address ${email} is invalid","error":"INVALID_EMAIL","name":"email"}]`,
    );
  return null;
}

const byEmail = (call: Call, email: unknown) =>
  call.store
    .list('contact')
    .find(
      ({ data }) =>
        isText(email) && String(at(data, 'properties.email')).toLowerCase() === email.toLowerCase(),
    );

function save({ store, now }: Call, values: Fields, before?: StoredItem): Fields {
  const id = before?.id ?? digitId(9);
  const time = new Date(now).toISOString();
  const created = before?.data['createdAt'] ?? time;
  const data = {
    id,
    properties: {
      ...(before?.data['properties'] as Fields | undefined),
      ...values,
      createdate: created,
      hs_object_id: id,
      lastmodifieddate: time,
    },
    createdAt: created,
    updatedAt: time,
    archived: false,
  };
  store.put({ kind: 'contact', id, data });
  return data;
}

const valuesIn = (call: Call): Fields | null => {
  const values = readJson(call.request)?.['properties'];
  return isFields(values) ? values : null;
};

function create(call: Call): SandboxReply {
  const values = valuesIn(call);
  if (!values) return invalid('Invalid input JSON: properties is missing.');
  const fault = propertyFault(values);
  if (fault) return fault;
  const existing = byEmail(call, values['email']);
  if (existing) return failure(409, 'CONFLICT', `Contact already exists. Existing ID: ${existing.id}`);
  return json(201, save(call, values));
}

/** By the number, or by the property that the query names. */
function found(call: Call): StoredItem | undefined {
  const id = call.params['id']!;
  return call.request.query.get('idProperty') === 'email'
    ? byEmail(call, id)
    : call.store.find('contact', id);
}

function change(call: Call): SandboxReply {
  const item = found(call);
  const values = valuesIn(call);
  if (!item) return unknown();
  if (!values) return invalid('Invalid input JSON: properties is missing.');
  return propertyFault(values) ?? json(200, save(call, values, item));
}

function upsert(call: Call): SandboxReply {
  const inputs = listOf(readJson(call.request)?.['inputs']);
  if (inputs.length === 0 || inputs.length > mostInBatch)
    return invalid(`A batch has 1 to ${mostInBatch} inputs.`);
  for (const input of inputs) {
    if (input['idProperty'] !== 'email' || !isText(input['id']))
      return invalid('Each input needs id and idProperty.');
    const fault = propertyFault((input['properties'] ?? {}) as Fields);
    if (fault) return fault;
  }
  const results = inputs.map((input) => {
    const before = byEmail(call, input['id']);
    return {
      ...save(call, { email: input['id'], ...(input['properties'] as Fields) }, before),
      new: before === undefined,
    };
  });
  return json(200, { status: 'COMPLETE', results, startedAt: now(call), completedAt: now(call) });
}

const now = (call: Call) => new Date(call.now).toISOString();

/** Filters of one property each; those of a group all hold, and one group is enough. */
function search(call: Call): SandboxReply {
  const input = readJson(call.request);
  if (!input) return invalid('Invalid input JSON.');
  const groups = listOf(input['filterGroups']);
  const holds = (item: StoredItem, { propertyName, operator, value }: Fields) => {
    const own = at(item.data, `properties.${String(propertyName)}`);
    if (operator === 'HAS_PROPERTY') return own !== undefined;
    if (operator === 'CONTAINS_TOKEN') return isText(own) && own.includes(String(value).replaceAll('*', ''));
    return operator === 'NEQ' ? own !== value : own === value;
  };
  const all = call.store
    .list('contact')
    .filter(
      (item) =>
        groups.length === 0 ||
        groups.some(({ filters }) => listOf(filters).every((each) => holds(item, each))),
    );
  const limit = Number(input['limit'] ?? 10);
  return json(200, { total: all.length, results: all.slice(0, limit).map(({ data }) => data) });
}

const read = ['crm.objects.contacts.read'];
const write = ['crm.objects.contacts.write'];
const root = '/crm/v3/objects/contacts';

export const hubspotOperations: OperationSet = {
  slugs: ['hubspot'],
  routes: [
    { method: 'POST', path: root, scopes: write, handle: create },
    {
      method: 'GET',
      path: root,
      scopes: read,
      handle: (call) => json(200, { results: call.store.list('contact').map(({ data }) => data) }),
    },
    { method: 'POST', path: `${root}/search`, scopes: read, handle: search },
    { method: 'POST', path: `${root}/batch/upsert`, scopes: write, handle: upsert },
    {
      method: 'GET',
      path: `${root}/{id}`,
      scopes: read,
      handle: (call) => {
        const item = found(call);
        return item ? json(200, item.data) : unknown();
      },
    },
    { method: 'PATCH', path: `${root}/{id}`, scopes: write, handle: change },
    {
      method: 'DELETE',
      path: `${root}/{id}`,
      scopes: write,
      handle: (call) => {
        call.store.remove('contact', call.params['id']!);
        return { status: 204 };
      },
    },
  ],
  missingScope: (needed) =>
    failure(403, 'MISSING_SCOPES', 'This app hasn’t been granted all required scopes to make this call.', {
      errors: [
        {
          message: 'One or more of the following scopes are required.',
          context: { requiredGranularScopes: needed },
        },
      ],
    }),
  notFound: unknown,
};
