import { isEmail, isText, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet, Route } from '../operations.ts';
import type { StoredItem } from '../store.ts';

const fields = new Set(
  [
    'FirstName',
    'LastName',
    'Email',
    'Phone',
    'MobilePhone',
    'Title',
    'Department',
    'AccountId',
    'Description',
  ].concat([
    'MailingStreet',
    'MailingCity',
    'MailingState',
    'MailingPostalCode',
    'MailingCountry',
    'LeadSource',
    'Salutation',
  ]),
);

/** Longest texts, in characters. */
const longest = { FirstName: 40, LastName: 80, Email: 80, Phone: 40 };

const failure = (status: number, errorCode: string, message: string, names?: string[]): SandboxReply =>
  json(status, [{ message, errorCode, ...(names ? { fields: names } : {}) }]);
const unknown = () => failure(404, 'NOT_FOUND', 'The requested resource does not exist');

const accountFields = new Set(['Name', 'Phone', 'Website', 'Industry', 'Description', 'BillingCity']);
const recordColumns = ['Id', 'CreatedDate', 'LastModifiedDate'];
const contactColumns = new Set([...fields, 'Name', ...recordColumns]);
const accountColumns = new Set([...accountFields, ...recordColumns]);

/** Companies; what contacts belong to. */
function createAccount({ request, store, now }: Call): SandboxReply {
  const account = readJson(request);
  if (!account) return failure(400, 'JSON_PARSER_ERROR', 'The body is no JSON object.');
  const name = Object.keys(account).find((each) => !accountFields.has(each) && !each.endsWith('__c'));
  if (name !== undefined)
    return failure(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type Account`, []);
  if (!isText(account['Name']))
    return failure(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [Name]', ['Name']);
  const id = `0015g00000${wordId(8)}`;
  const time = new Date(now).toISOString().replace('Z', '+0000');
  store.put({ kind: 'account', id, data: { ...account, Id: id, CreatedDate: time, LastModifiedDate: time } });
  return json(201, { id, success: true, errors: [] });
}

function fieldFault(contact: Fields): SandboxReply | null {
  const name = Object.keys(contact).find((each) => !fields.has(each) && !each.endsWith('__c'));
  if (name !== undefined)
    return failure(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type Contact`, []);
  const long = Object.entries(longest).find(([key, most]) => {
    const value = contact[key];
    return typeof value === 'string' && value.length > most;
  });
  if (long)
    return failure(400, 'STRING_TOO_LONG', `${long[0]}: data value too large (max length=${long[1]})`, [
      long[0],
    ]);
  const email = contact['Email'];
  if (isText(email) && !isEmail(email))
    return failure(400, 'INVALID_EMAIL_ADDRESS', `Email: invalid email address: ${email}`, ['Email']);
  return null;
}

function create(call: Call): SandboxReply {
  const contact = readJson(call.request);
  if (!contact) return failure(400, 'JSON_PARSER_ERROR', 'The body is no JSON object.');
  const fault = fieldFault(contact) ?? accountFault(call, contact);
  if (fault) return fault;
  if (!isText(contact['LastName']))
    return failure(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']);
  return json(201, { id: save(call, contact).id, success: true, errors: [] });
}

/** An account that a contact is to belong to has to be there. */
function accountFault({ store }: Call, contact: Fields): SandboxReply | null {
  const id = contact['AccountId'];
  if (!isText(id) || store.find('account', id)) return null;
  return failure(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', ['AccountId']);
}

function save({ store, now }: Call, contact: Fields, before?: StoredItem): StoredItem {
  const id = before?.id ?? `0035g00000${wordId(8)}`;
  const time = new Date(now).toISOString().replace('Z', '+0000');
  return store.put({
    kind: 'contact',
    id,
    data: { CreatedDate: time, ...before?.data, ...contact, Id: id, LastModifiedDate: time },
  });
}

/** By the id, or by the external id field of the address, where one that is not there yet is made. */
function change(call: Call): SandboxReply {
  const { field, id } = call.params;
  const contact = readJson(call.request);
  if (!contact) return failure(400, 'JSON_PARSER_ERROR', 'The body is no JSON object.');
  const fault = fieldFault(contact) ?? accountFault(call, contact);
  if (fault) return fault;
  if (field === undefined) {
    const item = call.store.find('contact', id!);
    if (!item) return unknown();
    save(call, contact, item);
    return { status: 204 };
  }
  if (!field.endsWith('__c') && field !== 'Email')
    return failure(
      400,
      'INVALID_FIELD',
      `Provided external ID field does not exist or is not accessible: ${field}`,
    );
  const item = call.store.list('contact').find(({ data }) => data[field] === id);
  if (!item && !isText(contact['LastName']))
    return failure(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']);
  const saved = save(call, { ...contact, [field]: id }, item);
  return json(item ? 200 : 201, { id: saved.id, success: true, errors: [], created: !item });
}

function find(call: Call): SandboxReply {
  const item = call.store.find('contact', call.params['id']!);
  if (!item) return unknown();
  const url = `/services/data/${call.params['version']}/sobjects/Contact/${item.id}`;
  return json(200, { attributes: { type: 'Contact', url }, ...item.data });
}

/** `SELECT … FROM Contact` or `Account`, with one equality or without. */
function query(call: Call): SandboxReply {
  const asked = call.request.query.get('q') ?? '';
  const match =
    /^\s*SELECT\s+([\w\s,]+?)\s+FROM\s+(Contact|Account)(?:\s+WHERE\s+(\w+)\s*=\s*'((?:[^'\\]|\\.)*)')?(?:\s+ORDER\s+BY\s+CreatedDate)?(?:\s+LIMIT\s+(\d+))?\s*$/i.exec(
      asked,
    );
  if (!match) return failure(400, 'MALFORMED_QUERY', `unexpected token in: ${asked.slice(0, 80)}`);
  const [, columns, kind, field, value, limit] = match;
  const wanted = value?.replaceAll(/\\(.)/g, '$1');
  const type = kind!.toLowerCase() === 'contact' ? 'Contact' : 'Account';
  const known = type === 'Contact' ? contactColumns : accountColumns;
  const names = columns!.split(',').map((each) => each.trim());
  const unknownColumn = [...names, ...(field === undefined ? [] : [field])].find(
    (name) => !known.has(name) && !name.endsWith('__c'),
  );
  if (unknownColumn !== undefined)
    return failure(400, 'INVALID_FIELD', `No such column '${unknownColumn}' on entity '${type}'.`);
  const found = call.store
    .list(type.toLowerCase())
    .filter(({ data }) => field === undefined || data[field] === wanted)
    .slice(0, Number(limit ?? 2000));
  const records = found.map(({ id, data }) => ({
    attributes: { type, url: `/services/data/${call.params['version']}/sobjects/${type}/${id}` },
    ...Object.fromEntries(names.map((name) => [name, data[name] ?? null])),
  }));
  return json(200, { totalSize: records.length, done: true, records });
}

const root = '/services/data/{version}';
const route = (method: string, path: string, handle: Route['handle']): Route => ({
  method,
  path,
  scopes: ['api', 'full'],
  handle,
});

export const salesforceOperations: OperationSet = {
  slugs: ['salesforce'],
  routes: [
    {
      method: 'GET',
      path: '/services/data',
      open: true,
      handle: () => json(200, [{ label: 'Summer ’25', url: '/services/data/v64.0', version: '64.0' }]),
    },
    route('POST', `${root}/sobjects/Contact`, create),
    route('POST', `${root}/sobjects/Account`, createAccount),
    route('GET', `${root}/query`, query),
    route('GET', `${root}/sobjects/Contact/{id}`, find),
    route('PATCH', `${root}/sobjects/Contact/{id}`, change),
    route('PATCH', `${root}/sobjects/Contact/{field}/{id}`, change),
    route('DELETE', `${root}/sobjects/Contact/{id}`, (call) =>
      call.store.remove('contact', call.params['id']!) ? { status: 204 } : unknown(),
    ),
  ],
  missingScope: () => failure(403, 'INSUFFICIENT_ACCESS', 'The token does not allow access to the API.'),
  notFound: unknown,
};
