import {
  listProviders as listOperation,
  updateCatalogCuration as operation,
} from '@trunkline/contract/catalog';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requireVisible } from '../../connections/require-visible.ts';
import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { allProviders } from '../../providers/all-providers.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createIntegrationSamples } from '../../testing/sample-integrations.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { listAudit } from '../audit/list-audit.ts';
import { createWebhook } from '../webhooks/create-webhook.ts';
import { getProvider } from './get-provider.ts';
import { listProviders } from './list-providers.ts';
import { updateCatalogCuration } from './update-catalog-curation.ts';

let test: TestApp;
let here: TestOrganization;
let elsewhere: TestOrganization;
let admin: Ctx;
let viewer: Ctx;

beforeAll(async () => {
  test = await createTestApp();
  elsewhere = await test.createOrganization();
});
beforeEach(async () => {
  here = await test.createOrganization();
  admin = test.as('system_admin', here);
  viewer = test.as('viewer', here);
});
afterAll(() => test.close());

const all = allProviders.length;
const allCategories = new Set(allProviders.map(({ category }) => category)).size;
const slugsOf = async (ctx: Ctx, input: Parameters<typeof listProviders>[1] = {}) =>
  (await listProviders(ctx, input)).data.map(({ slug }) => slug);
const countsOf = async (ctx: Ctx) => (await listProviders(ctx, {})).counts;

/** An integration of a provider, connected and switched on unless told otherwise. */
async function connect(slug: string, state: 'connected' | 'pending' | 'off' = 'connected'): Promise<string> {
  const id = await createIntegrationSamples(test, here.id, 'm').integration();
  await test.database.pool.query(
    `UPDATE integrations SET provider = $2, enabled = $3, connected_at = CASE WHEN $4 THEN now() END WHERE id = $1`,
    [id, slug, state !== 'off', state !== 'pending'],
  );
  return id;
}
const change = (id: string, set: string) =>
  test.database.pool.query(`UPDATE integrations SET ${set} WHERE id = $1`, [id]);

describe('the counters', () => {
  it('are exact while integrations come, are switched off and go', async () => {
    expect(await countsOf(viewer)).toEqual({ connected: 0, available: all, categories: allCategories });
    const [gmail, second, slack] = [await connect('gmail'), await connect('gmail'), await connect('slack')];
    expect(await countsOf(viewer)).toEqual({ connected: 3, available: all - 2, categories: allCategories });
    await change(slack, 'enabled = false');
    expect(await countsOf(viewer)).toMatchObject({ connected: 2, available: all - 2 });
    await connect('zoom', 'pending');
    expect(await countsOf(viewer)).toMatchObject({ connected: 2, available: all - 3 });
    const standing = (await listProviders(viewer, { search: 'zoom' })).data[0];
    expect(standing).toMatchObject({ slug: 'zoom', connected: 1, pending: 1 });
    await change(second, 'deleted_at = now(), enabled = false');
    expect(await countsOf(viewer)).toMatchObject({ connected: 1, available: all - 3 });
    await change(gmail, 'deleted_at = now()');
    expect(await countsOf(viewer)).toMatchObject({ connected: 0, available: all - 2 });
    expect(await countsOf(test.apiKey(elsewhere))).toEqual({
      connected: 0,
      available: all,
      categories: allCategories,
    });
  });

  it('are those of the catalog that is left (CRM, acceptance criterion 1)', async () => {
    await connect('gmail');
    await connect('google-calendar');
    const left = ['gmail', 'google-calendar', 'slack', 'hubspot', 'linkedin', 'salesforce'];
    const hidden = allProviders.map(({ slug }) => slug).filter((slug) => !left.includes(slug));
    await updateCatalogCuration(admin, { hidden });
    expect(await countsOf(viewer)).toEqual({ connected: 2, available: 4, categories: 6 });
    // The counters are everybody's: what only a system administrator sees is not in them.
    expect((await listProviders(admin, { includeHidden: true })).counts).toEqual(await countsOf(viewer));
  });
});

describe('the states', () => {
  it('part the catalog in two, each counted by itself', async () => {
    await connect('gmail');
    await connect('gmail', 'off');
    await connect('slack', 'pending');
    const connected = await listProviders(viewer, { state: 'connected' });
    const available = await listProviders(viewer, { state: 'available' });
    expect(connected.data.map(({ slug, connected: count }) => [slug, count])).toEqual([
      ['gmail', 2],
      ['slack', 1],
    ]);
    expect([connected.total, available.total]).toEqual([2, all - 2]);
    expect(connected.categories.map(({ key, count }) => [key, count])).toEqual([
      ['email', 1],
      ['chat', 1],
    ]);
    expect(available.counts).toEqual(connected.counts);
    expect(await slugsOf(viewer, { state: 'connected', search: 'sla' })).toEqual(['slack']);
    expect((await getProvider(viewer, { slug: 'gmail' })).connected).toBe(2);
  });
});

describe('recommendations', () => {
  it('follow from integrations and webhooks, and never name what is hidden or connected', async () => {
    const reasons = async (ctx = viewer) =>
      Object.fromEntries(
        (await listProviders(ctx, {})).data.flatMap(({ slug, recommendation }) =>
          recommendation ? [[slug, recommendation.reason]] : [],
        ),
      );
    expect(await reasons()).toEqual({});
    await connect('gmail');
    await createWebhook(admin, {
      name: 'Zap',
      url: 'https://hooks.zapier.com/hooks/catch/1',
      events: ['job.created'],
      status: 'active',
    });
    expect(Object.keys(await reasons()).sort()).toEqual(['amazon-ses', 'google-calendar', 'zapier']);
    expect((await getProvider(viewer, { slug: 'google-calendar' })).recommendation).toEqual({
      reason: 'You use Gmail: the same Google account works.',
    });
    await updateCatalogCuration(admin, { hidden: ['amazon-ses'] });
    await connect('zapier', 'pending');
    expect(Object.keys(await reasons())).toEqual(['google-calendar']);
    expect(await reasons(test.as('viewer', elsewhere))).toEqual({});
  });
});

describe('updateCatalogCuration', () => {
  it('hides from everybody but system administrators who ask for it', async () => {
    await test.announced();
    expect(await updateCatalogCuration(admin, { hidden: ['zendesk', 'hubspot', 'zendesk'] })).toEqual({
      hidden: ['hubspot', 'zendesk'],
    });
    const topics = (await test.announced()).map(({ topic }) => topic);
    expect(topics).toContain('catalog');
    for (const ctx of [viewer, test.as('utility_admin', here), test.apiKey(here)]) {
      expect(await slugsOf(ctx, { search: 'zendesk' })).toEqual([]);
      expect((await refusalOf(getProvider(ctx, { slug: 'zendesk' }))).code).toBe('not_found');
      expect((await refusalOf(listProviders(ctx, { includeHidden: true }))).code).toBe('forbidden');
    }
    expect(await slugsOf(admin)).toHaveLength(all - 2);
    const curated = await listProviders(admin, { includeHidden: true });
    expect(curated.data.filter(({ hidden }) => hidden).map(({ slug }) => slug)).toEqual([
      'hubspot',
      'zendesk',
    ]);
    expect(curated.total).toBe(all);
    expect((await getProvider(admin, { slug: 'zendesk' })).hidden).toBe(true);
    expect(await slugsOf(test.as('viewer', elsewhere))).toHaveLength(all);
  });

  it('replaces the set, with one record for each change', async () => {
    await updateCatalogCuration(admin, { hidden: ['zendesk', 'hubspot'] });
    await updateCatalogCuration(admin, { hidden: ['hubspot', 'zendesk'] });
    await updateCatalogCuration(admin, { hidden: [] });
    expect(await slugsOf(viewer)).toHaveLength(all);
    const { data } = await listAudit(admin, { action: 'catalog.curated', limit: 10 });
    expect(data.map(({ changes }) => changes)).toEqual([
      { hidden: { before: ['hubspot', 'zendesk'], after: [] } },
      { hidden: { before: [], after: ['hubspot', 'zendesk'] } },
    ]);
  });

  it('leaves what is in use where it is, and refuses new integrations', async () => {
    const id = await connect('slack');
    await updateCatalogCuration(admin, { hidden: ['slack'] });
    expect((await getProvider(viewer, { slug: 'slack' })).hidden).toBe(true);
    expect(await slugsOf(viewer, { state: 'connected' })).toEqual(['slack']);
    const visible = (slug: string) => inOrganization(admin, (tx) => requireVisible(tx, slug));
    expect((await refusalOf(visible('slack'))).code).toBe('not_found');
    expect((await visible('gmail')).slug).toBe('gmail');
    expect((await refusalOf(visible('nothing'))).code).toBe('not_found');
    await change(id, 'deleted_at = now()');
    expect(await slugsOf(viewer, { search: 'slack' })).not.toContain('slack');
  });

  it('refuses a provider that does not exist, and those who may not', async () => {
    const error = await refusalOf(updateCatalogCuration(admin, { hidden: ['slack', 'nothing'] }));
    expect([error.code, error.errors?.[0]?.pointer]).toEqual(['invalid_input', '/hidden/1']);
    expect((await listProviders(admin, { includeHidden: true })).data.some(({ hidden }) => hidden)).toBe(
      false,
    );
    await expectRefusals(test, here, operation, (ctx) => updateCatalogCuration(ctx, { hidden: [] }));
    expect(listOperation.input.parse({ includeHidden: 'false' })).toEqual({ includeHidden: false });
  });
});
