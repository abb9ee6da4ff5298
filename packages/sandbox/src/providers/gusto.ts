import { at, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import type { StoredItem } from '../store.ts';

/*
 * Employees and payrolls of a company that pays twice a month: from the 1st to the 15th, and from the 16th to the end. Nobody has
 * run any of them.
 */

function failure(status: number, category: string, key: string, message: string): SandboxReply {
  return json(status, { errors: [{ error_key: key, category, message }] });
}

const unknown = () => failure(404, 'not_found', 'request', 'The requested resource was not found.');

/** The people of the company. */
const gustoEmployees = [
  {
    uuid: '11111111-aaaa-4aaa-8aaa-000000000001',
    first_name: 'Ada',
    last_name: 'Example',
    email: 'ada@example.com',
    terminated: false,
    department: 'Care',
    jobs: [
      {
        uuid: '22222222-aaaa-4aaa-8aaa-000000000001',
        title: 'Nurse',
        primary: true,
        hire_date: '2024-03-01',
      },
    ],
  },
  {
    uuid: '11111111-aaaa-4aaa-8aaa-000000000002',
    first_name: 'Grace',
    last_name: 'Example',
    email: 'grace@example.com',
    terminated: false,
    department: 'Office',
    jobs: [
      {
        uuid: '22222222-aaaa-4aaa-8aaa-000000000002',
        title: 'Clerk',
        primary: true,
        hire_date: '2025-01-15',
      },
    ],
  },
];

const hourlyNames = ['Regular Hours', 'Overtime', 'Double overtime'];
const fixedNames = [
  'Bonus',
  'Commission',
  'Paycheck Tips',
  'Cash Tips',
  'Correction Payment',
  'Reimbursement',
];

const lastDay = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The pay period that begins on this day; null when none does. */
function periodFrom(start: string): { start_date: string; end_date: string } | null {
  const match = /^(\d{4})-(\d\d)-(01|16)$/.exec(start);
  if (!match) return null;
  const [, year, month, day] = match;
  const end = day === '01' ? 15 : lastDay(Number(year), Number(month));
  return { start_date: start, end_date: `${year}-${month}-${end}` };
}

function payrollOf({ store }: Call, period: { start_date: string; end_date: string }): StoredItem {
  const known = store
    .list('payroll')
    .find(({ data }) => at(data, 'pay_period.start_date') === period.start_date);
  if (known) return known;
  const id = [8, 4, 4, 4, 12].map(hexId).join('-');
  const employees = gustoEmployees.map(({ uuid, jobs }) => ({
    employee_uuid: uuid,
    excluded: false,
    version: hexId(32),
    hourly_compensations: hourlyNames.map((name) => ({ name, hours: '0.000', job_uuid: jobs[0]!.uuid })),
    fixed_compensations: [],
  }));
  const data = { payroll_uuid: id, processed: false, pay_period: period, employee_compensations: employees };
  return store.put({ kind: 'payroll', id, data });
}

function list(call: Call): SandboxReply {
  const { query } = call.request;
  if (query.get('processing_statuses') !== 'unprocessed') return json(200, []);
  const [from, to] = [query.get('start_date') ?? '', query.get('end_date') ?? ''];
  if (!/^\d{4}-\d\d-\d\d$/.test(from) || !/^\d{4}-\d\d-\d\d$/.test(to))
    return failure(422, 'invalid_attribute_value', 'start_date', 'start_date and end_date are dates.');
  const period = periodFrom(from);
  if (period === null || period.end_date > to) return json(200, []);
  const { employee_compensations: _, ...head } = payrollOf(call, period).data;
  return json(200, [head]);
}

function employees({ request: { query } }: Call): SandboxReply {
  const [page, per] = [Number(query.get('page') ?? 1), Number(query.get('per') ?? 25)];
  if (![page, per].every((each) => Number.isInteger(each) && each > 0) || per > 100)
    return failure(422, 'invalid_attribute_value', 'per', 'page and per are numbers, per at most 100.');
  const pages = Math.ceil(gustoEmployees.length / per);
  return json(200, gustoEmployees.slice((page - 1) * per, page * per), {
    'x-page': String(page),
    'x-per-page': String(per),
    'x-total-pages': String(pages),
    'x-total-count': String(gustoEmployees.length),
  });
}

function prepare(call: Call): SandboxReply {
  const item = call.store.find('payroll', call.params['id']!);
  if (!item) return unknown();
  return json(200, { ...item.data, fixed_compensation_types: fixedNames.map((name) => ({ name })) });
}

/** What is wrong with the change of one person's pay; null when nothing is. */
function changeFault(change: Fields, own: Fields | undefined): SandboxReply | null {
  const invalid = (key: string, message: string) => failure(422, 'invalid_attribute_value', key, message);
  if (!own) return invalid('employee_uuid', 'The employee is not in this payroll.');
  if (change['version'] !== own['version'])
    return failure(409, 'invalid_resource_version', 'base', 'The version is not the current one.');
  const job = (each: Fields) => isText(each['job_uuid']);
  const number = (value: unknown) => /^-?\d+(\.\d{1,3})?$/.test(String(value));
  for (const each of listOf(change['hourly_compensations'])) {
    if (!hourlyNames.includes(String(each['name'])))
      return invalid('name', 'The name of the pay is not known.');
    if (!number(each['hours']) || !job(each)) return invalid('hours', 'Hours and a job are needed.');
  }
  for (const each of listOf(change['fixed_compensations'])) {
    if (!fixedNames.includes(String(each['name'])))
      return invalid('name', 'The name of the pay is not known.');
    if (!number(each['amount']) || !job(each)) return invalid('amount', 'An amount and a job are needed.');
  }
  return null;
}

function change(call: Call): SandboxReply {
  const item = call.store.find('payroll', call.params['id']!);
  if (!item) return unknown();
  const body = readJson(call.request);
  const changes = listOf(body?.['employee_compensations']);
  if (!body || changes.length === 0)
    return failure(422, 'missing_attribute', 'employee_compensations', 'employee_compensations is required.');
  const own = listOf(item.data['employee_compensations']);
  const find = (each: Fields) => own.find((one) => one['employee_uuid'] === each['employee_uuid']);
  for (const each of changes) {
    const fault = changeFault(each, find(each));
    if (fault) return fault;
  }
  const compensations = own.map((before) => {
    const next = changes.find((each) => each['employee_uuid'] === before['employee_uuid']);
    return next ? { ...before, ...next, version: hexId(32) } : before;
  });
  const data = { ...item.data, employee_compensations: compensations };
  call.store.put({ ...item, data });
  return json(200, data);
}

/** Answers only for the company of the token, and only to a request that names the version of the API. */
function own(handle: (call: Call) => SandboxReply): (call: Call) => SandboxReply {
  return (call) => {
    if (!/^20\d\d-\d\d-\d\d$/.test(call.request.headers['x-gusto-api-version'] ?? ''))
      return failure(406, 'invalid_api_version', 'X-Gusto-API-Version', 'The version is not supported.');
    return call.params['company'] === companyUuid ? handle(call) : unknown();
  };
}

/** The company that connects. */
const companyUuid = '00000000-0000-0000-0000-000000000000';
const root = '/v1/companies/{company}/payrolls';

export const gustoOperations: OperationSet = {
  slugs: ['gusto'],
  routes: [
    {
      method: 'GET',
      path: '/v1/companies/{company}/employees',
      scopes: ['employees:read'],
      handle: own(employees),
    },
    { method: 'GET', path: root, scopes: ['payrolls:read'], handle: own(list) },
    { method: 'PUT', path: `${root}/{id}/prepare`, scopes: ['payrolls:write'], handle: own(prepare) },
    { method: 'PUT', path: `${root}/{id}`, scopes: ['payrolls:write'], handle: own(change) },
  ],
  missingScope: (needed) =>
    failure(403, 'missing_oauth_scopes', 'scopes', `The token lacks the scope ${needed.join(', ')}.`),
  notFound: unknown,
};
