import { createHash } from 'node:crypto';
import { isEmail, isText } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet, Route } from '../operations.ts';

interface Fault {
  message: string;
  param?: string;
  code?: string;
  type?: string;
}

function failure(status: number, fault: Fault): SandboxReply {
  return json(status, { error: { type: 'invalid_request_error', ...fault } }, requestId());
}

const requestId = () => ({ 'request-id': `req_${wordId(14)}`, 'stripe-version': '2026-10-28.endive' });
const missing = (kind: string, id: string) =>
  failure(404, { code: 'resource_missing', message: `No such ${kind}: '${id}'`, param: 'id' });

/** A parameter such as `metadata[order]`, taken apart; `null` where the brackets do not fit. */
function nested(form: URLSearchParams): Fields {
  const result: Fields = {};
  for (const [name, value] of form) {
    const path = name.replaceAll(']', '').split('[');
    let place = result;
    for (const key of path.slice(0, -1)) place = (place[key] ??= {}) as Fields;
    place[path.at(-1)!] = value;
  }
  return result;
}

const customerParameters = new Set(
  [
    'address',
    'balance',
    'description',
    'email',
    'expand',
    'invoice_prefix',
    'invoice_settings',
    'metadata',
    'name',
  ].concat([
    'payment_method',
    'phone',
    'preferred_locales',
    'shipping',
    'source',
    'tax',
    'tax_exempt',
    'tax_id_data',
  ]),
);
const intentParameters = new Set(
  [
    'amount',
    'currency',
    'automatic_payment_methods',
    'application_fee_amount',
    'confirm',
    'customer',
    'description',
  ].concat([
    'expand',
    'metadata',
    'payment_method',
    'payment_method_types',
    'receipt_email',
    'transfer_data',
  ]),
);
const accountParameters = new Set(
  [
    'business_profile',
    'business_type',
    'capabilities',
    'controller',
    'country',
    'default_currency',
    'email',
  ].concat(['expand', 'individual', 'company', 'metadata', 'settings', 'tos_acceptance', 'type']),
);
const linkParameters = new Set(['account', 'refresh_url', 'return_url', 'type', 'collect', 'expand']);

function unknownParameter(input: Fields, known: ReadonlySet<string>): SandboxReply | null {
  const name = Object.keys(input).find((each) => !known.has(each));
  if (name === undefined) return null;
  return failure(400, {
    code: 'parameter_unknown',
    message: `Received unknown parameter: ${name}`,
    param: name,
  });
}

const required = (param: string) =>
  failure(400, { code: 'parameter_missing', message: `Missing required param: ${param}.`, param });

/** Reads the form; Stripe takes nothing else. */
function withForm(
  known: ReadonlySet<string>,
  act: (call: Call, input: Fields) => SandboxReply,
): Route['handle'] {
  return idempotent((call) => {
    const type = call.request.headers['content-type'] ?? '';
    if (call.request.body.length > 0 && !type.startsWith('application/x-www-form-urlencoded'))
      return failure(400, {
        message: 'Invalid request (check that your POST content type is application/x-www-form-urlencoded).',
      });
    const input = nested(new URLSearchParams(call.request.body.toString('utf8')));
    return unknownParameter(input, known) ?? act(call, input);
  });
}

/** The same key gets the same answer for a day, and no other parameters. */
function idempotent(act: (call: Call) => SandboxReply): Route['handle'] {
  return (call) => {
    const key = call.request.headers['idempotency-key'];
    if (key === undefined) return act(call);
    const { method, path, body } = call.request;
    const print = createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
    const known = call.store.find('idempotency key', key);
    if (known && call.now - known.at < 86_400_000) {
      if (known.data['print'] !== print)
        return failure(400, {
          type: 'idempotency_error',
          message:
            'Keys for idempotent requests can only be used with the same parameters they were first used with.',
        });
      const reply = JSON.parse(String(known.bytes)) as SandboxReply;
      return { ...reply, headers: { ...reply.headers, 'idempotent-replayed': 'true' } };
    }
    const reply = act(call);
    if (reply.status < 500)
      call.store.put({
        kind: 'idempotency key',
        id: key,
        data: { print },
        bytes: Buffer.from(JSON.stringify(reply)),
      });
    return reply;
  };
}

/** Every country that has a code. */
const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

const shownTexts = ['description', 'email', 'name', 'phone'] as const;

function saveCustomer({ store, now }: Call, input: Fields, before: Fields | null): SandboxReply {
  if (isText(input['email']) && !isEmail(input['email']))
    return failure(400, {
      code: 'email_invalid',
      message: `Invalid email address: ${input['email']}`,
      param: 'email',
    });
  const id = before === null ? `cus_${wordId(14)}` : String(before['id']);
  const texts = shownTexts.map((name) => [
    name,
    input[name] === '' ? null : (input[name] ?? before?.[name] ?? null),
  ]);
  const data = {
    id,
    object: 'customer',
    balance: 0,
    created: before?.['created'] ?? Math.floor(now / 1000),
    currency: null,
    delinquent: false,
    invoice_prefix: wordId(8).toUpperCase(),
    livemode: false,
    metadata: {
      ...(before?.['metadata'] as Fields | undefined),
      ...(input['metadata'] as Fields | undefined),
    },
    ...Object.fromEntries(texts),
  };
  store.put({ kind: 'customer', id, data });
  return json(200, data, requestId());
}

const findIn = (call: Call, kind: string) => call.store.find(kind, call.params['id']!)?.data ?? null;

function list(call: Call, kind: string, matches: (data: Fields) => boolean): SandboxReply {
  const { query, path } = call.request;
  const limit = Number(query.get('limit') ?? 10);
  if (!(limit >= 1 && limit <= 100))
    return failure(400, { message: 'Invalid limit: must be between 1 and 100.', param: 'limit' });
  const found = call.store
    .list(kind)
    .reverse()
    .filter(({ data }) => matches(data));
  const after = query.get('starting_after');
  const first = after === null ? 0 : found.findIndex(({ id }) => id === after) + 1;
  return json(
    200,
    {
      object: 'list',
      url: path,
      has_more: found.length > first + limit,
      data: found.slice(first, first + limit).map(({ data }) => data),
    },
    requestId(),
  );
}

function createIntent(call: Call, input: Fields): SandboxReply {
  const { amount, currency } = input;
  if (typeof amount !== 'string') return required('amount');
  if (typeof currency !== 'string') return required('currency');
  if (!/^[1-9]\d*$/.test(amount))
    return failure(400, {
      code: 'parameter_invalid_integer',
      message: `Invalid integer: ${amount}`,
      param: 'amount',
    });
  if (!/^[a-z]{3}$/i.test(currency))
    return failure(400, { message: `Invalid currency: ${currency}.`, param: 'currency' });
  const id = `pi_${wordId(24)}`;
  const data = {
    ...input,
    id,
    object: 'payment_intent',
    amount: Number(amount),
    currency: currency.toLowerCase(),
    client_secret: `${id}_secret_${wordId(25)}`,
    created: Math.floor(call.now / 1000),
    livemode: false,
    status: 'requires_payment_method',
  };
  call.store.put({ kind: 'payment intent', id, data: { ...data, client_secret: '••••' } });
  return json(200, data, requestId());
}

function createAccount(call: Call, input: Fields): SandboxReply {
  if (isText(input['email']) && !isEmail(input['email']))
    return failure(400, {
      code: 'email_invalid',
      message: `Invalid email address: ${input['email']}`,
      param: 'email',
    });
  const { country } = input;
  if (isText(country) && countryNames.of(country) === undefined)
    return failure(400, {
      code: 'country_code_invalid',
      message: `The country code provided was invalid: ${country}`,
      param: 'country',
    });
  const id = `acct_${wordId(16)}`;
  const data = {
    country: 'US',
    ...input,
    id,
    object: 'account',
    charges_enabled: false,
    payouts_enabled: false,
    details_submitted: false,
    created: Math.floor(call.now / 1000),
  };
  call.store.put({ kind: 'account', id, data });
  return json(200, data, requestId());
}

function createLink(call: Call, input: Fields): SandboxReply {
  for (const name of ['account', 'type', 'refresh_url', 'return_url'])
    if (!isText(input[name])) return required(name);
  if (!call.store.find('account', String(input['account'])))
    return missing('account', String(input['account']));
  const created = Math.floor(call.now / 1000);
  return json(
    200,
    {
      object: 'account_link',
      created,
      expires_at: created + 300,
      url: `https://connect.stripe.com/setup/e/${String(input['account'])}/${wordId(12)}`,
    },
    requestId(),
  );
}

export const stripeOperations: OperationSet = {
  slugs: ['stripe', 'stripe-connect'],
  routes: [
    {
      method: 'POST',
      path: '/v1/customers',
      handle: withForm(customerParameters, (call, input) => saveCustomer(call, input, null)),
    },
    {
      method: 'GET',
      path: '/v1/customers',
      handle: (call) => {
        const email = call.request.query.get('email');
        return list(call, 'customer', (data) => email === null || data['email'] === email);
      },
    },
    {
      method: 'GET',
      path: '/v1/customers/{id}',
      handle: (call) => {
        const found = findIn(call, 'customer');
        return found ? json(200, found, requestId()) : missing('customer', call.params['id']!);
      },
    },
    {
      method: 'POST',
      path: '/v1/customers/{id}',
      handle: withForm(customerParameters, (call, input) => {
        const found = findIn(call, 'customer');
        return found ? saveCustomer(call, input, found) : missing('customer', call.params['id']!);
      }),
    },
    {
      method: 'DELETE',
      path: '/v1/customers/{id}',
      handle: (call) => {
        const id = call.params['id']!;
        if (!call.store.remove('customer', id)) return missing('customer', id);
        return json(200, { id, object: 'customer', deleted: true }, requestId());
      },
    },
    { method: 'POST', path: '/v1/payment_intents', handle: withForm(intentParameters, createIntent) },
    { method: 'POST', path: '/v1/accounts', handle: withForm(accountParameters, createAccount) },
    { method: 'POST', path: '/v1/account_links', handle: withForm(linkParameters, createLink) },
  ],
  notFound: ({ method, path }) => failure(404, { message: `Unrecognized request URL (${method}: ${path}).` }),
};
