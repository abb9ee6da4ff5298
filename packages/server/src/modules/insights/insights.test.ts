import { insightAnswerNames } from '@trunkline/contract/insight-answers';
import { exportInsight, getInsights, insightGroups } from '@trunkline/contract/insights';
import type { InsightAnswer } from '@trunkline/contract/insights';
import type { OutputOf } from '@trunkline/contract/operation';
import { recordInteractions } from '@trunkline/contract/interactions';
import type { BrowserEvent } from '@trunkline/contract/tracking-plan';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOperation } from '../../bindings.ts';
import type { Ctx } from '../../ctx.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createSamples, fillEveryTable } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { regenerateApiKey } from '../api-keys/regenerate-api-key.ts';
import { revealApiKey } from '../api-keys/reveal-api-key.ts';
import { createWebhook } from '../webhooks/create-webhook.ts';
import { updateWebhook } from '../webhooks/update-webhook.ts';
import { trackAttempt } from './track-attempt.ts';
import { inOrganization } from '../../db/tenant.ts';
import { correlation } from './answers/business.ts';

const dayMs = 86_400_000;

let test: TestApp;
let organization: TestOrganization;
let ctx: Ctx;
let utility: Ctx;

beforeAll(async () => {
  test = await createTestApp();
  // Another organization with everything, of which no answer may show anything.
  const other = await test.createOrganization('Others');
  await fillEveryTable(test, createSamples(test, other, { marker: 'others', url: 'http://127.0.0.1:9' }));
  organization = await test.createOrganization();
  ctx = test.as('system_admin', organization);
  utility = test.as('utility_admin', organization);
});
afterAll(() => test.close());

async function answersOf(as: Ctx, range: '7d' | '90d' = '7d'): Promise<Map<string, InsightAnswer>> {
  const found = new Map<string, InsightAnswer>();
  for (const group of insightGroups) {
    const { answers } = (await callOperation(getInsights, as, { group, range })) as OutputOf<
      typeof getInsights
    >;
    for (const answer of answers) found.set(answer.name, answer);
  }
  return found;
}

async function act(as: Ctx, ...events: BrowserEvent[]): Promise<void> {
  await callOperation(recordInteractions, as, { device: 'wide', events });
  test.time.advance(1_000);
}

describe('getInsights', () => {
  it('has every answer, empty at first, each saying what it needs', async () => {
    const answers = await answersOf(ctx);
    expect([...answers.keys()].sort()).toEqual([...insightAnswerNames].sort());
    const filled = [...answers.values()].filter(({ rows }) => rows.length > 0).map(({ name }) => name);
    // The records of making the organization.
    expect(filled).toEqual(['auditGaps']);
    for (const { needs, questions } of answers.values()) {
      expect(needs.length).toBeGreaterThan(10);
      expect(questions.length).toBeGreaterThan(0);
    }
  });

  it('counts what was done, and what it leads to', async () => {
    const slack = { integration_name: 'slack', integration_status: 'available' } as const;
    await act(utility, { event: 'page_viewed', properties: { page: 'integrations' } });
    await act(utility, {
      event: 'integration_dashboard_viewed',
      properties: { connected_count: 0, available_count: 60 },
    });
    await act(utility, {
      event: 'category_filtered',
      properties: { category_name: 'chat', results_count: 3 },
    });
    await act(utility, { event: 'catalog_searched', properties: { term_length: 5, results_count: 0 } });
    await act(utility, { event: 'integration_card_clicked', properties: slack });
    test.time.advance(29_000);
    await inOrganization(utility, (tx) => trackAttempt(utility, tx, 'slack', false));
    test.time.advance(30_000);
    await inOrganization(utility, (tx) => trackAttempt(utility, tx, 'slack', true));
    await act(utility, {
      event: 'webhook_modal_opened',
      properties: { existing_webhook_count: 0, view: 'form' },
    });
    await act(utility, { event: 'webhook_save_failed', properties: { field: 'url', error_code: 'form' } });
    const { id } = await createWebhook(utility, {
      name: '=HYPERLINK("x")',
      url: 'http://127.0.0.1:9/hook',
      events: ['job.created'],
      status: 'active',
    });
    await updateWebhook(utility, { id, status: 'disabled' });
    await revealApiKey(ctx, { purpose: 'show' });
    await regenerateApiKey(ctx, { graceSeconds: 0 });
    await act(ctx, { event: 'api_key_regenerated', properties: { confirmation_time: 4_000 } });
    await act(ctx, { event: 'api_key_copied', properties: { copy_method: 'selection' } });

    const answers = await answersOf(ctx);
    const rows = (name: string) => answers.get(name)?.rows;
    expect(rows('features')?.[0]).toEqual(['Integrations', 1, 1]);
    expect(answers.get('features')?.said).toContain('Failover');
    expect(rows('connections')).toEqual([['Slack', 2, 1, 50, 60_000]]);
    expect(answers.get('connections')?.said).toBe('50 % of 2 attempts succeeded.');
    expect(rows('friction')).toEqual([
      ['Connecting a provider', 1, 2, 50],
      ['Saving a webhook', 1, 2, 50],
      ['Searching the catalog', 1, 1, 100],
    ]);
    expect(rows('webhookFailures')).toEqual([['url', 'form', 1, 1]]);
    expect(rows('selfService')).toEqual([
      ['API key regenerated', 1, 1, 4_000],
      ['Provider connected', 1, 1, 60_000],
      ['Webhook made', 1, 1, 2_000],
    ]);
    expect(rows('roles')).toMatchObject([
      ['Utility administrators', 1, 1, 10, 'Integrations'],
      ['System administrators', 1, 0, 3, null],
    ]);
    expect(rows('dashboard')).toEqual([['Utility administrators', 1, 1, 1]]);
    expect(rows('interest')).toEqual([['Slack', 1, 1, 1]]);
    expect(rows('categories')).toEqual([['Chat', 1, 1]]);
    expect(rows('eventsChosen')).toEqual([['job.created', 1, 0]]);
    expect(rows('webhookToggles')).toEqual([['=HYPERLINK("x")', 0, 1, 1, 0]]);
    expect(rows('keyAccess')).toEqual([[organization.people.system_admin.name, 1, 0, expect.any(String)]]);
    expect(rows('copyMethods')).toEqual([['Selected by hand', 1, 1]]);
    expect(rows('keyRotation')).toMatchObject([
      [expect.any(String), organization.people.system_admin.name, 0, 'It was shown or copied the day before'],
    ]);
    expect(rows('webhookPractice')?.map(([, found]) => found)).toEqual([0, 1, 1, 1]);
    expect(answers.get('auditGaps')?.said).toBe('The log has no gaps in this time.');
    expect(JSON.stringify([...answers.values()])).not.toContain('others');
  });

  it('reads measures, uptime, limits and usage where they are kept', async () => {
    const samples = createSamples(test, organization, { marker: 'own', url: 'http://127.0.0.1:9' });
    await fillEveryTable(test, samples);
    const answers = await answersOf(ctx, '90d');
    const wanted = ['adoption', 'failures', 'limits', 'webhookAdoption', 'usageAndAdoption', 'monitoring'];
    expect(wanted.filter((name) => answers.get(name)?.rows.length === 0)).toEqual([]);
    // Every cell is what its column says.
    const types = { text: 'string', time: 'string' } as Record<string, string>;
    const wrong = [...answers.values()].flatMap(({ name, columns, rows }) =>
      rows
        .filter(
          (row) =>
            row.length !== columns.length ||
            row.some(
              (cell, index) => cell !== null && typeof cell !== (types[columns[index]!.kind] ?? 'number'),
            ),
        )
        .map((row) => [name, row]),
    );
    expect(wrong).toEqual([]);
  });

  it('leaves out what was before the range', async () => {
    test.time.advance(8 * dayMs);
    const answers = await answersOf(ctx);
    expect(answers.get('features')?.rows).toEqual([]);
    expect(answers.get('keyRotation')?.rows).toEqual([]);
  });

  it('is for administrators', async () => {
    for (const as of [test.as('viewer', organization), test.apiKey(organization)]) {
      expect((await refusalOf(callOperation(getInsights, as, {}))).code).toBe('forbidden');
      expect((await refusalOf(callOperation(exportInsight, as, { answer: 'features' }))).code).toBe(
        'forbidden',
      );
    }
    expect(await callOperation(getInsights, utility, {})).toMatchObject({ tracking: { recording: true } });
  });
});

describe('exportInsight', () => {
  it('gives the rows of one answer; names that look like formulas stay texts', async () => {
    const file = (await callOperation(exportInsight, ctx, {
      answer: 'webhookToggles',
      range: '90d',
    })) as OutputOf<typeof exportInsight>;
    const text = Buffer.from(file.content, 'base64').toString();
    expect(file.name).toMatch(/^webhookToggles-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
    expect(text).toContain('Webhook,On or resumed,Off or paused');
    expect(text).toContain(`"'=HYPERLINK(""x"")",0,1,1,0`);
  });
});

describe('correlation', () => {
  it('is 1 and -1 for lines, null where nothing can be said', () => {
    const pairs = [1, 2, 3, 4].map((x) => [x, 3 * x] as const);
    expect(correlation(pairs)).toBeCloseTo(1);
    expect(correlation(pairs.map(([x, y]) => [x, -y] as const))).toBeCloseTo(-1);
    expect(correlation(pairs.slice(1))).toBeNull();
    expect(correlation(pairs.map(([x]) => [x, 7] as const))).toBeNull();
  });
});
