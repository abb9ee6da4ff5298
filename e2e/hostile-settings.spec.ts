import { openIdClient, startOpenIdServer } from '../packages/server/src/testing/openid-server.ts';
import { expect, signInByForm, test } from './support/fixtures.ts';
import { hostile, hostileTexts, isHarmless, watchRefusals } from './support/hostile.ts';
import { addAuthenticator } from './support/passkey.ts';

/** Placeholders of automations stand in braces, which have to name something there. */
const plain = hostile.filter((text) => !text.includes('{{'));

test('hostile names of passkeys, identity providers, layouts, channels of rules and automations are texts', async ({
  page,
  product,
  organization,
  api,
}) => {
  test.setTimeout(180_000);
  // Passkeys belong to names, not to addresses.
  const home = product.url.replace('127.0.0.1', 'localhost');
  await addAuthenticator(page);
  await watchRefusals(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${home}/account`);
  await signInByForm(page, organization.administrator.email);
  async function save<Result>(procedure: string, data: object): Promise<Result> {
    const answer = await page.request.post(`${home}/api/trpc/${procedure}`, { data });
    expect([procedure, data, answer.status()]).toEqual([procedure, data, 200]);
    return ((await answer.json()) as { result: { data: Result } }).result.data;
  }

  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(hostileTexts.markup);
  await page.getByRole('dialog').getByRole('button', { name: 'Add passkey' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByRole('heading', { name: hostileTexts.markup })).toBeVisible();
  await isHarmless(page, 'a passkey');
  const account = await page.request.get(`${home}/api/trpc/account.getAccount`);
  type Account = { result: { data: { passkeys: { id: string }[] } } };
  const [passkey] = ((await account.json()) as Account).result.data.passkeys;
  await save('account.renamePasskey', {
    id: passkey?.id,
    name: `${hostileTexts.long}${hostileTexts.reversed}${hostileTexts.script}`.slice(0, 100),
  });

  const provider = await startOpenIdServer(`${product.url}/api/sso/callback`);
  try {
    await save('access.saveSso', {
      issuer: provider.issuer,
      clientId: `${hostileTexts.markup}${hostileTexts.long}`,
      clientSecret: openIdClient.clientSecret,
      domains: [`${'w'.repeat(60)}.${'w'.repeat(60)}.example`],
      defaultRole: null,
      required: false,
    });
  } finally {
    await provider.close();
  }

  const plan = await api.call<{ id: string }>('POST', '/integrations', {
    provider: 'fidelity',
    name: hostileTexts.script,
    authType: 'manual',
    values: { planNumber: '54321' },
    check: 'skip',
  });
  type Layouts = { data: { kind: string; layout: { columns: { field: string }[] } }[] };
  const { data: layouts } = await api.call<Layouts>('GET', `/integrations/${plan.id}/layouts`);
  for (const { kind, layout } of layouts) {
    const columns = layout.columns.map(({ field }, index) => ({
      field,
      header: `${hostile[index % hostile.length]}${index < hostile.length ? '' : index}`,
    }));
    await api.call('PUT', `/integrations/${plan.id}/layouts/${kind}`, { layout: { ...layout, columns } });
  }
  expect(layouts.length).toBeGreaterThan(0);

  const channels: string[] = [];
  const automations: string[] = [];
  for (const [index, name] of hostile.entries()) {
    const target = { kind: 'email', addresses: [], roles: ['viewer'] };
    const channel = await save<{ id: string }>('alerts.createAlertChannel', { name, target });
    channels.push(channel.id);
    const text = plain[index % plain.length];
    const automation = await api.call<{ id: string }>('POST', '/automations', {
      name,
      trigger: {
        kind: 'event',
        events: ['job.created'],
        conditions: [{ field: 'event.data.title', operator: 'is', value: name }],
      },
      steps: [{ name: 'post', capability: 'chat.post', input: { text: `${text} {{ event.data.title }}` } }],
    });
    automations.push(automation.id);
    await api.send('job.created', { title: name });
  }
  await save('alerts.updateAlertRule', { rule: 'integration_failing', channels });
  const runs = () => api.call<{ data: unknown[] }>('GET', '/automation-runs');
  await expect.poll(async () => (await runs()).data.length).toBe(hostile.length);

  for (const path of [
    '/account',
    '/members',
    `/integrations/${plan.id}?tab=files`,
    '/alerts/settings',
    '/automations',
    '/automations?tab=runs',
    `/automations/${automations[0]}`,
    `/automations/${automations[hostile.indexOf(hostileTexts.long)]}`,
    '/runbooks/benefits',
  ]) {
    await page.goto(`${home}${path}`);
    await expect(page.getByRole('heading', { level: 1 }).first(), path).toBeVisible();
    await expect(page.locator('main [aria-busy=true]'), path).toHaveCount(0);
    await isHarmless(page, path);
  }
  await page.goto(`${home}/integrations/${plan.id}?tab=files`);
  await page.getByRole('button', { name: /^Change columns of Census/ }).click();
  await expect(page.getByRole('dialog').getByRole('textbox').first()).toHaveValue(hostileTexts.markup);
  await isHarmless(page, 'the columns of a layout');
  await page.goto(`${home}/automations?tab=runs`);
  await page.getByRole('button', { name: hostileTexts.markup }).first().click();
  await expect(page.getByRole('dialog', { name: 'Run' })).toContainText(hostileTexts.markup);
  await isHarmless(page, 'a run');
  await page.goto(`${home}/members`);
  const card = page.getByRole('region', { name: 'Single sign-on' });
  await expect(card).toContainText(hostileTexts.markup);
});
