import { afterAll, beforeAll, expect, it } from 'vitest';
import { TrunklineError } from '../../../sdk/src/trunkline-error.ts';
import { Trunkline } from '../../../sdk/src/trunkline.ts';
import { verifyWebhook } from '../../../sdk/src/verify-webhook.ts';
import { createDeliveryTest } from '../testing/delivery-app.ts';
import type { DeliveryTest } from '../testing/delivery-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';
import type { TestOrganization } from '../testing/test-app.ts';

/* The SDK against the product itself, over HTTP. */

let test: DeliveryTest;
let http: TestHttp;
let organization: TestOrganization;
let trunkline: Trunkline;

beforeAll(async () => {
  test = await createDeliveryTest();
  await test.startNode({ quiet: true });
  organization = await test.createOrganization();
  http = await startTestHttp(test.app);
  trunkline = new Trunkline({ baseUrl: http.url, apiKey: organization.apiKey });
});
afterAll(async () => {
  await http.close();
  await test.close();
});

it('sends an event that arrives as a webhook which it verifies, and knows a repetition', async () => {
  const webhook = await trunkline.request<{ id: string; secret: string }>('POST', '/api/v1/webhooks', {
    body: { name: 'SDK', url: test.receiver.url('/sdk'), events: ['job.*'] },
  });
  const event = { id: 'evt-sdk', type: 'job.created', data: { title: 'Java developer' } };
  expect(await trunkline.events.send(event)).toEqual({ id: 'evt-sdk', duplicate: false });
  expect(await trunkline.events.send([event])).toEqual([{ id: 'evt-sdk', duplicate: true }]);
  const [received] = await test.receiver.received(1, '/sdk');
  const { headers, body } = received!;
  const now = Number(headers['webhook-timestamp']) * 1000;
  expect(await verifyWebhook({ headers, body, secret: webhook.secret, now })).toMatchObject(event);
});

it('tells what the product refuses', async () => {
  const wrong = trunkline.events.send({ type: 'Not A Type', data: {} });
  await expect(wrong).rejects.toThrow(TrunklineError);
  await expect(wrong).rejects.toMatchObject({
    status: 422,
    code: 'invalid_input',
    requestId: expect.stringMatching(/^req_/) as string,
    errors: [{ pointer: '/type' }],
  });
  const run = trunkline.actions.run('email.send', { to: 'a@example.com', subject: 'Hello', text: 'Hello' });
  await expect(run).rejects.toMatchObject({ code: 'integration_not_connected' });
  const stranger = new Trunkline({ baseUrl: http.url, apiKey: 'tl_live_nobody' });
  await expect(stranger.request('GET', '/api/v1/webhooks')).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});
