import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { createWebhook } from '../webhooks/create-webhook.ts';
import { createIntegration } from './create-integration.ts';
import { getIntegration } from './get-integration.ts';
import { listIntegrations } from './list-integrations.ts';

let test: TestApp;
beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

it('Zapier tells of the webhooks that start its Zaps: those that are on, of this organization', async () => {
  const organization = await test.createOrganization();
  const admin = (of = organization) => test.as('system_admin', of);
  const hook = (of: TestOrganization, url: string, status: 'active' | 'paused' | 'disabled' = 'active') =>
    createWebhook(admin(of), { name: 'Zap', url, events: ['job.*'], status });
  const { id } = await createIntegration(admin(), {
    provider: 'zapier',
    values: { hookUrl: 'https://hooks.zapier.com/hooks/catch/123456/abcdef/' },
    check: 'skip',
  });
  await createIntegration(admin(), {
    provider: 'email-forwarding',
    values: { inboundAddress: 'inbox@in.example.com', receiver: 'postmark' },
    check: 'skip',
  });
  expect((await getIntegration(admin(), { id })).startedBy).toBe(0);

  await hook(organization, 'https://hooks.zapier.com/hooks/catch/123456/one/');
  await hook(organization, 'https://hooks.zapier.com/hooks/catch/123456/two/');
  await hook(organization, 'https://hooks.zapier.com/hooks/catch/123456/off/', 'disabled');
  await hook(organization, 'https://hooks.zapier.com/hooks/catch/123456/held/', 'paused');
  await hook(organization, 'https://example.com/hooks.zapier.com/hooks/');
  await hook(await test.createOrganization(), 'https://hooks.zapier.com/hooks/catch/123456/theirs/');
  expect((await getIntegration(admin(), { id })).startedBy).toBe(2);
  const { data } = await listIntegrations(admin(), { limit: 50 });
  expect(new Map(data.map(({ provider, startedBy }) => [provider.slug, startedBy]))).toEqual(
    new Map([
      ['zapier', 2],
      ['email-forwarding', null],
    ]),
  );
});
