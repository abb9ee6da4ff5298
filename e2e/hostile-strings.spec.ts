import { expect, test } from './support/fixtures.ts';
import { hostile, hostileTexts as texts, isHarmless, watchRefusals } from './support/hostile.ts';
import { machineApi, quickRetry } from './support/machine-api.ts';
import { mutate } from './support/trpc.ts';

/** Cells of a CSV file, without their quotes. */
function cellsOf(csv: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain] of csv
    .replace(/^\uFEFF/, '')
    .matchAll(/(?:^|,|\r?\n)(?:"((?:[^"]|"")*)"|([^,\r\n]*))/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
  }
  return cells;
}

/** A spreadsheet would run it: it begins like a formula and is no number. */
const isFormula = (cell: string) => /^\s*[=+\-@]/.test(cell) && !/^-?\d+([.]\d+)?$/.test(cell);

test('hostile strings in every field are texts on every page, and in every file', async ({
  keeper,
  product,
  receiver,
  openPage,
}) => {
  test.setTimeout(300_000);
  const organization = await keeper.createOrganization(`${texts.markup}${texts.long}`.slice(0, 80), {
    name: `${texts.script} ${texts.reversed}`.slice(0, 100),
  });
  const api = machineApi(product.url, organization.apiKey);
  for (const name of hostile) await keeper.createMember(organization, 'viewer', name);
  const page = await openPage(organization.administrator);
  await watchRefusals(page);
  await page.setViewportSize({ width: 390, height: 844 });
  async function save<Result>(procedure: string, input: object): Promise<Result> {
    const { status, code, data } = await mutate(page, procedure, input);
    expect({ procedure, input, status, code }).toEqual({ procedure, input, status: 200, code: undefined });
    return data as Result;
  }

  const endpoint = receiver.endpoint(500);
  endpoint.answerWith(500, hostile.join('\n'));
  const webhooks: string[] = [];
  const integrations: string[] = [];
  await save('apiKeys.switchScopedKeys', { enabled: true });
  for (const [index, text] of hostile.entries()) {
    const { id } = await api.createWebhook({
      name: text,
      url: `${endpoint.url}/${encodeURIComponent(text)}`,
      description: text.repeat(8).slice(0, 500),
      events: ['job.created', `${'x'.repeat(59)}.${'y'.repeat(59)}`],
      retry: quickRetry,
    });
    webhooks.push(id);
    const integration = await api.call<{ id: string }>('POST', '/integrations', {
      provider: 'smtp',
      name: text,
      values: {
        host: '127.0.0.1',
        port: '587',
        username: text,
        password: text,
        fromEmail: 'a@b.example',
        fromName: text,
      },
      check: 'skip',
    });
    integrations.push(integration.id);
    await save('apiKeys.createApiKey', { name: text, scopes: ['read'] });
    await save('alerts.createAlertChannel', {
      name: text,
      target: { kind: 'email', addresses: ['ops@example.com'] },
    });
    await save('integrations.saveEventType', {
      name: `own.type_${index}`,
      group: text,
      description: text.repeat(6).slice(0, 500),
      example: { [text]: text },
    });
    if (!/[{}]/.test(text)) {
      await api.call('POST', '/custom-providers', {
        definition: {
          kind: 'rest',
          name: text,
          category: 'automation',
          description: text,
          baseUrl: `${endpoint.url}/v1`,
          auth: { type: 'bearer', label: text.slice(0, 50), help: text },
          health: { path: '/me', mustContain: text },
        },
      });
    }
  }
  await save('account.updateProfile', { name: texts.markup });
  await save('alerts.postStatusUpdate', {
    text: `${hostile.join(' ')} ${'W'.repeat(300)}`,
    integrationIds: integrations.slice(0, 3),
  });
  await save('integrations.saveOAuthApp', {
    provider: 'slack',
    values: { clientId: texts.markup, clientSecret: texts.formula },
  });
  await save('integrations.updateIntegration', { id: integrations[0], enabled: false });
  const events: string[] = [];
  for (const [index, text] of hostile.entries()) {
    const sent = await api.send('job.created', { title: text, [text]: index, note: 'W'.repeat(400) }, text);
    events.push(sent.id);
  }
  await expect
    .poll(async () => (await api.deliveries(webhooks[0]!, 'dlq')).length, { timeout: 60_000 })
    .toBeGreaterThan(0);

  // An address that is no address is refused wherever one is asked for.
  for (const [path, body] of [
    ['/webhooks', { name: 'x', url: texts.url, events: ['job.created'] }],
    [
      '/custom-providers',
      {
        definition: {
          kind: 'rest',
          name: 'x',
          category: 'automation',
          docsUrl: texts.url,
          baseUrl: `${endpoint.url}/v1`,
          auth: { type: 'bearer' },
          health: { path: '/me' },
        },
      },
    ],
  ] as const) {
    await expect(api.call('POST', path, body)).rejects.toThrow('answered 422');
  }

  const parts = ['overview', 'health', 'settings', 'credentials', 'logs', 'failover', 'activity'];
  const [markup = '', , , , long = ''] = integrations;
  const [firstWebhook = '', , , , longWebhook = ''] = webhooks;
  const pages = [
    '/integrations',
    '/integrations?tab=available',
    `/integrations?tab=available&q=${encodeURIComponent(texts.markup)}`,
    '/integrations?tab=api',
    ...parts.map((part) => `/integrations/${markup}?tab=${part}`),
    ...parts.map((part) => `/integrations/${long}?tab=${part}`),
    `/integrations/${long}?tab=credentials&edit=true`,
    '/health',
    '/alerts',
    '/alerts/settings',
    '/verification',
    '/runbooks',
    '/runbooks/email',
    '/logs',
    `/logs?q=${encodeURIComponent(texts.markup)}`,
    '/failover',
    '/actions',
    '/webhooks',
    `/webhooks/${firstWebhook}`,
    `/webhooks/${longWebhook}`,
    `/webhooks/${longWebhook}/edit`,
    `/webhooks/new?name=${encodeURIComponent(texts.markup)}&description=${encodeURIComponent(texts.url)}&events=${encodeURIComponent(texts.script)}`,
    '/events',
    `/events?subject=${encodeURIComponent(texts.markup)}`,
    `/events/${events[0]}`,
    `/events/${encodeURIComponent(texts.script)}`,
    '/undelivered',
    '/dead-letters',
    '/bulk-jobs',
    '/event-types',
    '/retries',
    '/api-key',
    '/usage',
    '/insights?group=operational',
    '/insights?group=security',
    '/audit',
    '/members',
    '/account',
    `/${encodeURIComponent('<b>no such page</b>')}`,
  ];
  for (const path of pages) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 }).first(), path).toBeVisible();
    await expect(page.locator('main [aria-busy=true]'), path).toHaveCount(0);
    await isHarmless(page, path);
  }
  // The texts are there, as they were written.
  await page.goto('/webhooks');
  for (const text of [texts.markup, texts.template, texts.nullish, texts.inherited]) {
    await expect(page.getByRole('row').filter({ hasText: text }).first()).toBeVisible();
  }

  const files = ['/api/v1/audit/export?format=csv', '/api/v1/logs/export?format=csv'];
  const csvs = await Promise.all(
    files.map(async (path) => {
      const answer = await page.request.get(path);
      expect([path, answer.status()]).toEqual([path, 200]);
      return answer.text();
    }),
  );
  for (const answer of ['webhookToggles', 'keyAccess', 'unusual']) {
    const { content } = await save<{ content: string }>('insights.exportInsight', { answer });
    csvs.push(Buffer.from(content, 'base64').toString());
  }
  const { content } = await save<{ content: string }>('apiKeys.exportUsage', { range: '7d' });
  csvs.push(Buffer.from(content, 'base64').toString());
  expect(csvs.flatMap(cellsOf).filter(isFormula)).toEqual([]);
  // They were in there to be found.
  expect(csvs.join()).toContain('HYPERLINK');
});
