import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { TroubleshootMessage } from '@trunkline/contract/health';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sandboxDefinitions } from '../commands/sandbox-definitions.ts';
import { createIntegration } from '../modules/integrations/create-integration.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';

let sandbox: Sandbox;
let test: TestApp;
let http: TestHttp;
let organization: TestOrganization;
let path: string;

beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
  test = await createTestApp({ reroute: sandbox.reroute });
  http = await startTestHttp(test.app);
  organization = await test.createOrganization();
  const { id } = await createIntegration(test.as('system_admin', organization), {
    provider: 'twilio',
    values: { ...sandbox.account('twilio').values },
    check: 'require',
  });
  path = `/api/v1/integrations/${id}/troubleshoot/stream`;
});
afterAll(async () => {
  await http.close();
  await test.close();
  await sandbox.close();
});

it('streams the steps one a line, and the diagnosis last', async () => {
  sandbox.setCondition('twilio', 'revoked');
  const headers = await http.signIn(organization.people.utility_admin);
  const { status, headers: answered, text } = await http.call('POST', path, { headers });
  expect(status).toBe(200);
  expect(answered.get('content-type')).toContain('application/x-ndjson');
  const messages = text
    .trim()
    .split('\n')
    .map((line) => TroubleshootMessage.parse(JSON.parse(line)));
  expect(messages[0]).toMatchObject({ type: 'step', step: { key: 'values' } });
  expect(messages).toContainEqual(
    expect.objectContaining({ step: expect.objectContaining({ key: 'tcp', status: 'running' }) as unknown }),
  );
  expect(messages.at(-1)).toMatchObject({
    type: 'diagnosis',
    diagnosis: { ok: false, failedStep: 'authentication' },
  });
  for (const secret of Object.values(sandbox.account('twilio').secrets)) expect(text).not.toContain(secret);
});

it('refuses as everywhere, before it begins', async () => {
  const code = async (headers: Record<string, string>, where = path) => {
    const { status, json } = await http.call('POST', where, { headers });
    return [status, (json as { code: string }).code];
  };
  expect(await code({})).toEqual([401, 'unauthenticated']);
  expect(await code(await http.signIn(organization.people.viewer))).toEqual([403, 'forbidden']);
  const admin = await http.signIn(organization.people.system_admin);
  expect(await code({ ...admin, origin: 'https://evil.example' })).toEqual([403, 'cross_site_request']);
  expect(await code(admin, '/api/v1/integrations/nonsense/troubleshoot/stream')).toEqual([404, 'not_found']);
  const other = await test.createOrganization();
  expect(await code({ authorization: `Bearer ${other.apiKey}` })).toEqual([404, 'not_found']);
});
