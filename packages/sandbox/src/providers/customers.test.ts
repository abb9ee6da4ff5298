import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { Stripe } from 'stripe';
import { afterEach, describe, expect, it } from 'vitest';
import { openSandbox, tokensFor } from '../testing/open-sandbox.ts';
import type { OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
afterEach(() => open.sandbox.close());

describe('Stripe', () => {
  const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    open.call('POST', `https://api.stripe.com/v1${path}`, {
      form,
      headers: { authorization: `Bearer ${open.values['secretKey']}`, ...headers },
    });

  it('satisfies Stripe’s own client', async () => {
    open = await openSandbox(sandboxDefinitions(), 'stripe');
    const httpClient = Stripe.createFetchHttpClient((url: string | URL | Request, init?: RequestInit) =>
      fetch(open.sandbox.reroute('stripe', url instanceof Request ? url.url : url.toString()), init),
    );
    const stripe = new Stripe(open.values['secretKey']!, {
      httpClient,
      maxNetworkRetries: 0,
      telemetry: false,
    });
    const made = await stripe.customers.create({ email: 'ada@example.com', metadata: { contact: '42' } });
    expect(made).toMatchObject({ object: 'customer', email: 'ada@example.com', metadata: { contact: '42' } });
    const changed = await stripe.customers.update(made.id, { name: 'Ada' });
    expect(changed).toMatchObject({ id: made.id, name: 'Ada', email: 'ada@example.com' });
    expect((await stripe.customers.list({ email: 'ada@example.com' })).data).toHaveLength(1);
    expect(await stripe.customers.del(made.id)).toMatchObject({ deleted: true });
    await expect(stripe.customers.retrieve(made.id)).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      code: 'resource_missing',
    });
    await expect(stripe.customers.create({ email: 'ada' })).rejects.toMatchObject({ code: 'email_invalid' });
    expect(await stripe.paymentIntents.create({ amount: 4900, currency: 'usd' })).toMatchObject({
      amount: 4900,
    });
    const account = await stripe.accounts.create({ country: 'US', type: 'express' });
    const urls = { refresh_url: 'https://hub.example/r', return_url: 'https://hub.example/d' };
    expect(
      await stripe.accountLinks.create({ account: account.id, type: 'account_onboarding', ...urls }),
    ).toMatchObject({
      object: 'account_link',
    });
  });

  it('answers a repeated key alike, and refuses it for anything else', async () => {
    open = await openSandbox(sandboxDefinitions(), 'stripe');
    const key = { 'idempotency-key': 'key-1' };
    const first = await post('/customers', { email: 'ada@example.com' }, key);
    const again = await post('/customers', { email: 'ada@example.com' }, key);
    expect([again.json, again.headers.get('idempotent-replayed')]).toEqual([first.json, 'true']);
    expect((await post('/customers', { email: 'john@company.com' }, key)).json).toMatchObject({
      error: { type: 'idempotency_error' },
    });
    expect(open.sandbox.sent('stripe').filter(({ kind }) => kind === 'customer')).toHaveLength(1);
  });

  it('does the work although the answer gets lost', async () => {
    open = await openSandbox(sandboxDefinitions(), 'stripe');
    const key = { 'idempotency-key': 'key-1' };
    open.sandbox.setCondition('stripe', 'answerLost');
    await expect(post('/customers', { email: 'ada@example.com' }, key)).rejects.toThrow('fetch failed');
    open.sandbox.setCondition('stripe', 'healthy');
    expect(
      (await post('/customers', { email: 'ada@example.com' }, key)).headers.get('idempotent-replayed'),
    ).toBe('true');
    expect(open.sandbox.sent('stripe').filter(({ kind }) => kind === 'customer')).toHaveLength(1);
  });

  it('is strict', async () => {
    open = await openSandbox(sandboxDefinitions(), 'stripe');
    expect((await post('/customers', { mail: 'x' })).json).toMatchObject({
      error: { code: 'parameter_unknown', param: 'mail' },
    });
    expect((await post('/payment_intents', { currency: 'usd' })).json).toMatchObject({
      error: { code: 'parameter_missing' },
    });
    const headers = { authorization: `Bearer ${open.values['secretKey']}` };
    expect(
      (await open.call('POST', 'https://api.stripe.com/v1/customers', { json: {}, headers })).status,
    ).toBe(400);
    expect((await post('/nothing', {})).json).toMatchObject({
      error: { message: 'Unrecognized request URL (POST: /v1/nothing).' },
    });
  });
});

describe('HubSpot', () => {
  const oauth = tokensFor({
    app: ['crm.objects.contacts.read', 'crm.objects.contacts.write'],
    reader: ['oauth'],
  });
  const root = '/crm/v3/objects/contacts';
  const call = (method: string, path: string, json?: unknown, token = 'app') =>
    open.call(method, `https://api.hubapi.com${path}`, {
      ...(json === undefined ? {} : { json }),
      headers: { authorization: `Bearer ${token}` },
    });

  it('makes a contact once', async () => {
    open = await openSandbox(sandboxDefinitions(), 'hubspot', { oauth });
    const properties = { email: 'ada@example.com', firstname: 'Ada' };
    const made = await call('POST', root, { properties });
    expect(made).toMatchObject({ status: 201, json: { properties, archived: false } });
    const { id } = made.json as { id: string };
    const again = await call('POST', root, { properties });
    expect(again).toMatchObject({
      status: 409,
      json: { category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` },
    });
    expect(
      (
        await call('PATCH', `${root}/ada@example.com?idProperty=email`, {
          properties: { lastname: 'Example' },
        })
      ).json,
    ).toMatchObject({
      id,
      properties: { firstname: 'Ada', lastname: 'Example' },
    });
    const inputs = [{ id: 'ada@example.com', idProperty: 'email', properties: { phone: '1' } }];
    expect((await call('POST', `${root}/batch/upsert`, { inputs })).json).toMatchObject({
      results: [{ id, new: false }],
    });
    const filters = [{ propertyName: 'email', operator: 'EQ', value: 'ada@example.com' }];
    expect((await call('POST', `${root}/search`, { filterGroups: [{ filters }] })).json).toMatchObject({
      total: 1,
    });
  });

  it('is strict', async () => {
    open = await openSandbox(sandboxDefinitions(), 'hubspot', { oauth });
    expect(await call('POST', root, { properties: { nickname: 'A' } })).toMatchObject({
      status: 400,
      json: { category: 'VALIDATION_ERROR' },
    });
    expect(await call('POST', root, { properties: { email: 'ada' } })).toMatchObject({
      status: 400,
      text: expect.stringContaining('INVALID_EMAIL'),
    });
    expect(await call('POST', root, { properties: {} }, 'reader')).toMatchObject({
      status: 403,
      json: { category: 'MISSING_SCOPES' },
    });
    expect(await call('GET', `${root}/1`)).toMatchObject({
      status: 404,
      json: { category: 'OBJECT_NOT_FOUND' },
    });
    expect(await call('GET', root, undefined, 'unknown')).toMatchObject({
      status: 401,
      json: { category: 'INVALID_AUTHENTICATION' },
    });
  });
});

describe('Salesforce', () => {
  const oauth = tokensFor({ app: ['api'], narrow: ['id'] });
  const call = (method: string, path: string, json?: unknown, token = 'app') =>
    open.call(method, `https://acme.my.salesforce.com/services/data/v64.0${path}`, {
      ...(json === undefined ? {} : { json }),
      headers: { authorization: `Bearer ${token}` },
    });

  it('makes, finds and changes a contact', async () => {
    open = await openSandbox(sandboxDefinitions(), 'salesforce', { oauth });
    const made = await call('POST', '/sobjects/Contact', { LastName: "O'Neil", Email: 'ada@example.com' });
    expect(made).toMatchObject({ status: 201, json: { success: true } });
    const { id } = made.json as { id: string };
    expect((await call('PATCH', `/sobjects/Contact/${id}`, { FirstName: 'Ada' })).status).toBe(204);
    const query = encodeURIComponent("SELECT Id, FirstName FROM Contact WHERE LastName = 'O\\'Neil' LIMIT 1");
    expect((await call('GET', `/query?q=${query}`)).json).toMatchObject({
      totalSize: 1,
      records: [{ Id: id, FirstName: 'Ada' }],
    });
    expect(await call('PATCH', '/sobjects/Contact/Hub_Id__c/42', { LastName: 'New' })).toMatchObject({
      status: 201,
      json: { created: true },
    });
    expect(await call('PATCH', '/sobjects/Contact/Hub_Id__c/42', { LastName: 'Same' })).toMatchObject({
      status: 200,
      json: { created: false },
    });
  });

  it('is strict', async () => {
    open = await openSandbox(sandboxDefinitions(), 'salesforce', { oauth });
    const codeOf = async (answer: ReturnType<typeof call>) => (await answer).json as { errorCode: string }[];
    expect(await codeOf(call('POST', '/sobjects/Contact', { Email: 'ada@example.com' }))).toMatchObject([
      { errorCode: 'REQUIRED_FIELD_MISSING' },
    ]);
    expect(await codeOf(call('POST', '/sobjects/Contact', { LastName: 'A', Email: 'ada' }))).toMatchObject([
      { errorCode: 'INVALID_EMAIL_ADDRESS' },
    ]);
    expect(await codeOf(call('POST', '/sobjects/Contact', { LastName: 'A', Nick: 'x' }))).toMatchObject([
      { errorCode: 'INVALID_FIELD' },
    ]);
    expect(await codeOf(call('GET', '/query?q=DELETE'))).toMatchObject([{ errorCode: 'MALFORMED_QUERY' }]);
    expect(await codeOf(call('GET', '/limits', undefined, 'unknown'))).toMatchObject([
      { errorCode: 'INVALID_SESSION_ID' },
    ]);
    expect((await call('GET', '/sobjects/Contact/1', undefined, 'narrow')).status).toBe(403);
  });
});
