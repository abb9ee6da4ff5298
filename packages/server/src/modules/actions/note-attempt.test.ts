import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { getLogEntry } from '../logs/get-log-entry.ts';
import { listLogs } from '../logs/list-logs.ts';
import { runAction } from './run-action.ts';

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());

/** The lines about actions of an integration, oldest first. */
async function lines(integrationId: string) {
  await world.app.logs.flush();
  const { data } = await listLogs(world.as('viewer', organization), {
    integrationId,
    source: 'action',
    limit: 50,
  });
  return data.reverse();
}

const email = {
  capability: 'email.send' as const,
  to: 'jane@example.com',
  subject: 'Interview',
  text: 'See you on Monday at ten.',
};

it('tells the host that was called and the provider’s id of the message, and finds the line by it', async () => {
  organization = await world.createOrganization();
  const id = await world.connect(organization, 'sendgrid');
  const { result } = await runAction(world.apiKey(organization), email);
  const { messageId } = result as { messageId: string };
  const [line] = await lines(id);
  expect(line?.details).toMatchObject({ host: 'api.sendgrid.com', messageId });
  const found = await listLogs(world.as('viewer', organization), { search: messageId, limit: 10 });
  expect(found.data.map((each) => each.id)).toEqual([line?.id]);

  world.sandbox.setCondition('sendgrid', 'revoked');
  await runAction(world.apiKey(organization), email);
  world.sandbox.setCondition('sendgrid', 'healthy');
  const refused = (await lines(id)).at(-1);
  expect(refused).toMatchObject({ level: 'error', error: { code: 'reauth' } });
  expect(refused?.details['host']).toBe('api.sendgrid.com');
});

it('tells the mail server and the id of a message that went by it', async () => {
  organization = await world.createOrganization();
  const id = await world.connect(organization, 'smtp');
  const { result } = await runAction(world.apiKey(organization), email);
  const { host, port } = world.sandbox.account('smtp').values;
  expect((await lines(id))[0]?.details).toMatchObject({
    host: `${host}:${port}`,
    messageId: (result as { messageId: string }).messageId,
  });
});

it('tells where in the code an answer could not be read, the id of the request, and nothing of the answer', async () => {
  organization = await world.createOrganization();
  const id = await world.connect(organization, 'twilio');
  const server = createServer((_request, response) =>
    response.writeHead(201, { 'twilio-request-id': 'RQ0123456789' }).end('answer-body of the provider'),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { reroute } = world.app;
  world.app.reroute = () => `http://127.0.0.1:${port}`;
  try {
    await runAction(world.apiKey(organization), {
      capability: 'sms.send',
      to: '+14155550100',
      text: 'See you on Monday at ten.',
    });
  } finally {
    world.app.reroute = reroute;
    server.close();
  }
  const [line] = await lines(id);
  expect(line).toMatchObject({ event: 'action.ambiguous', hasStack: true });
  expect(line?.details).toMatchObject({ host: 'api.twilio.com', requestId: 'RQ0123456789' });
  const { stack } = await getLogEntry(world.as('viewer', organization), { id: line!.id });
  expect(stack).toMatch(/^SyntaxError\n {4}at /);
  expect(stack).toContain('twilio');
  expect(JSON.stringify(line) + stack).not.toContain('answer-body');
});
