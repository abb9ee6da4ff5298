import { at, isFields, isText, listOf, plain, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { digitId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* Transactions: 8.25 percent everywhere in Texas, nothing elsewhere. */

const failure = (status: number, code: string, message: string): SandboxReply =>
  json(status, {
    error: { code, message, target: 'Unknown', details: [{ code, message, severity: 'Error' }] },
  });

const invalid = (message: string) => failure(400, 'ValidationException', message);
const rate = (region: unknown) => (region === 'TX' ? 0.0825 : 0);
const cents = (amount: number) => Math.round(amount * 100) / 100;

function addressFault(value: unknown): SandboxReply | null {
  if (!isFields(value)) return failure(400, 'InvalidAddress', 'The address value was incomplete.');
  if (!/^[A-Z]{2}$/.test(plain(value['country'])))
    return failure(400, 'InvalidAddress', 'The country is not known.');
  const enough = isText(value['postalCode']) || (isText(value['city']) && isText(value['region']));
  return enough ? null : failure(400, 'InvalidAddress', 'The address is not deliverable.');
}

function lineFault({ number, amount, quantity }: Fields): SandboxReply | null {
  if (!isText(number)) return invalid('A line has a number.');
  if (typeof amount !== 'number') return invalid('A line has an amount.');
  return quantity === undefined || typeof quantity === 'number' ? null : invalid('Quantity is a number.');
}

function create({ request, account, store, now }: Call): SandboxReply {
  if (!isText(request.headers['x-avalara-client'])) return invalid('X-Avalara-Client is missing.');
  const input = readJson(request);
  if (!input) return invalid('The body is no JSON.');
  const { type, companyCode, date, customerCode, addresses } = input;
  if (companyCode !== account.values['companyCode'])
    return failure(404, 'EntityNotFoundError', 'Company not found.');
  if (type !== 'SalesOrder' && type !== 'SalesInvoice') return invalid('type is not known.');
  if (!/^\d{4}-\d\d-\d\d$/.test(plain(date))) return invalid('date is no date.');
  if (!isText(customerCode)) return invalid('customerCode is required.');
  const single = at(addresses, 'singleLocation');
  const places = single === undefined ? [at(addresses, 'shipFrom'), at(addresses, 'shipTo')] : [single];
  const lines = listOf(input['lines']);
  if (lines.length === 0) return invalid('At least one line is required.');
  const faults = [...places.map(addressFault), ...lines.map(lineFault)].filter((fault) => fault !== null);
  if (faults[0]) return faults[0];
  const share = rate(at(places.at(-1), 'region'));
  const answered = lines.map(({ number, amount }) => ({
    lineNumber: number,
    lineAmount: amount,
    taxableAmount: share > 0 ? amount : 0,
    tax: cents(Number(amount) * share),
  }));
  const sum = (key: 'lineAmount' | 'tax') =>
    cents(answered.reduce((total, line) => total + Number(line[key]), 0));
  const id = digitId(15);
  const data = {
    id: type === 'SalesOrder' ? 0 : Number(id),
    type,
    code: id,
    date,
    status: type === 'SalesOrder' ? 'Temporary' : 'Saved',
    totalAmount: sum('lineAmount'),
    totalTax: sum('tax'),
    lines: answered,
    modifiedDate: new Date(now).toISOString(),
  };
  if (type === 'SalesInvoice') store.put({ kind: 'transaction', id, data });
  return json(201, data);
}

export const avalaraOperations: OperationSet = {
  slugs: ['avalara'],
  routes: [{ method: 'POST', path: '/api/v2/transactions/create', handle: create }],
  // The ping answers everybody; everything else does not.
  refused: (_reason, { path }) =>
    path.endsWith('/utilities/ping')
      ? null
      : failure(401, 'AuthenticationException', 'Authentication failed.'),
};
