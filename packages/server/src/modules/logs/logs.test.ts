import { randomBytes } from 'node:crypto';
import { listLogs as listOperation } from '@trunkline/contract/logs';
import type { InputOf, OutputOf } from '@trunkline/contract/operation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOperation } from '../../bindings.ts';
import type { Ctx } from '../../ctx.ts';
import { createUuid7 } from '../../lib/uuid7.ts';
import { insertLines } from '../../logs/log-writer.ts';
import type { StoredLine } from '../../logs/log-line.ts';
import { vectorOf } from '../../logs/words.ts';
import { createSamples } from '../../testing/sample-data.ts';
import type { Samples } from '../../testing/sample-data.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { clearLogs } from './clear-logs.ts';
import { exportLogs } from './export-logs.ts';
import { getLogBuckets } from './get-log-buckets.ts';
import { getLogEntry } from './get-log-entry.ts';
import { getLogSettings } from './get-log-settings.ts';
import { planLogExport } from './plan-log-export.ts';
import { updateLogSettings } from './update-log-settings.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

interface Line extends Partial<Omit<StoredLine, 'details' | 'words' | 'at'>> {
  /** Milliseconds before now. */
  ago?: number;
  details?: Record<string, unknown>;
}

async function store(organization: TestOrganization, lines: readonly Line[]): Promise<string[]> {
  const stored = lines.map(({ ago = 0, details = {}, ...line }) => {
    const at = test.time.now - ago;
    const whole = {
      id: createUuid7(() => at, randomBytes)(),
      organizationId: organization.id,
      at,
      level: 'info' as const,
      source: 'check' as const,
      event: 'check.passed',
      integrationId: null,
      webhookId: null,
      message: 'A line',
      ...line,
    };
    const text = [whole.message, whole.event, ...Object.values(details).filter((v) => typeof v === 'string')];
    return { ...whole, details: JSON.stringify(details), words: vectorOf(whole, text.join(' ')) };
  });
  await insertLines(test.database.pool, stored);
  return stored.map(({ id }) => id);
}

const refusal = async (work: Promise<unknown>): Promise<string> => (await refusalOf(work)).code;

type Page = OutputOf<typeof listOperation>;

/** Through the schema, which fills in what is left out. */
async function list(ctx: Ctx, input: InputOf<typeof listOperation> = {}): Promise<Page> {
  return (await callOperation(listOperation, ctx, input)) as Page;
}

const messages = ({ data }: Page): string[] => data.map(({ message }) => message);

async function setUp(): Promise<{ organization: TestOrganization; ctx: Ctx; samples: Samples }> {
  const organization = await test.createOrganization();
  const samples = createSamples(test, organization, { marker: 'zq', url: 'http://127.0.0.1:9' });
  return { organization, ctx: test.as('system_admin', organization), samples };
}

describe('listLogs', () => {
  it('shows lines of the organization, newest first, in pages that meet', async () => {
    const { organization, ctx } = await setUp();
    const other = await test.createOrganization();
    await store(other, [{ message: 'Somebody else' }]);
    await store(
      organization,
      Array.from({ length: 25 }, (_, n) => ({ ago: n * 1000, message: `Line ${n}` })),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(ctx, { limit: 10, ...(cursor !== undefined && { cursor }) });
      seen.push(...messages(page));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `Line ${n}`));
  });

  it('narrows by time, level, source, integration, webhook and words, and by all at once', async () => {
    const { organization, ctx, samples } = await setUp();
    const [integrationId, webhookId] = [await samples.integration(), await samples.webhook()];
    await store(organization, [
      {
        message: 'Connection timeout',
        level: 'error',
        integrationId,
        details: { host: 'smtp.sendgrid.net' },
      },
      { message: 'Slow response', level: 'warn', integrationId, ago: minuteMs },
      { message: 'Endpoint failed', level: 'error', source: 'delivery', webhookId, ago: 2 * minuteMs },
      { message: 'Token renewed', source: 'oauth', integrationId, ago: dayMs },
    ]);
    const at = (ago: number) => new Date(test.time.now - ago).toISOString();
    const cases: [InputOf<typeof listOperation>, string[]][] = [
      [{ since: at(minuteMs) }, ['Connection timeout', 'Slow response']],
      [{ until: at(minuteMs) }, ['Endpoint failed', 'Token renewed']],
      [{ level: ['warn', 'error'] }, ['Connection timeout', 'Slow response', 'Endpoint failed']],
      [{ level: [] }, ['Connection timeout', 'Slow response', 'Endpoint failed', 'Token renewed']],
      [{ source: 'oauth' }, ['Token renewed']],
      [{ integrationId }, ['Connection timeout', 'Slow response', 'Token renewed']],
      [{ webhookId }, ['Endpoint failed']],
      [{ integrationId, webhookId }, []],
      [{ search: 'SendGrid' }, ['Connection timeout']],
      [{ search: 'fail end' }, ['Endpoint failed']],
      [{ search: '...' }, ['Connection timeout', 'Slow response', 'Endpoint failed', 'Token renewed']],
      [{ search: 'res', level: ['warn'], integrationId, since: at(dayMs) }, ['Slow response']],
      [{ search: 'response', level: ['error'] }, []],
    ];
    for (const [input, expected] of cases) {
      expect([input, messages(await list(ctx, input))]).toEqual([input, expected]);
    }
    const [line] = (await list(ctx, { search: 'timeout' })).data;
    expect(line).toMatchObject({
      level: 'error',
      integration: { id: integrationId },
      webhook: null,
      details: { host: 'smtp.sendgrid.net' },
    });
  });

  it('finds a rare word far behind many other lines', async () => {
    const { organization, ctx } = await setUp();
    await store(
      organization,
      Array.from({ length: 2_500 }, (_, n) => ({ ago: n * 1000, message: `Check ${n} passed` })),
    );
    const [rare] = await store(organization, [
      { ago: 20 * dayMs, message: 'The certificate expired' },
      { ago: 20 * dayMs + 1, message: 'The certificate will expire', level: 'warn' },
    ]);
    expect((await list(ctx, { search: 'certificate', level: ['info'] })).data.map(({ id }) => id)).toEqual([
      rare,
    ]);
    expect(messages(await list(ctx, { search: 'certif expire' }))).toEqual([
      'The certificate expired',
      'The certificate will expire',
    ]);
    const since = new Date(test.time.now - 19 * dayMs).toISOString();
    expect(messages(await list(ctx, { search: 'certificate', since }))).toEqual([]);
    const first = await list(ctx, { search: 'certificate', limit: 1 });
    expect(messages(await list(ctx, { search: 'certificate', limit: 1, cursor: first.nextCursor! }))).toEqual(
      ['The certificate will expire'],
    );
    expect((await list(ctx, { search: 'passed', limit: 100 })).data).toHaveLength(100);
  });

  it('goes on from its newest line, and misses none that another node writes late', async () => {
    const { organization, ctx } = await setUp();
    const empty = await list(ctx);
    await store(organization, [{ message: 'First' }]);
    const first = await list(ctx, { after: empty.newestCursor });
    expect(messages(first)).toEqual(['First']);
    await store(organization, [{ message: 'Late', ago: 1_000 }]);
    test.time.advance(5_000);
    await store(organization, [{ message: 'Second' }]);
    const second = await list(ctx, { after: first.newestCursor });
    expect(messages(second)).toEqual(['Second', 'First', 'Late']);
    expect(messages(await list(ctx, { after: second.newestCursor }))).toEqual(['Second']);
  });

  it('tells a stranger no more than that there is nothing', async () => {
    const { ctx } = await setUp();
    const { samples } = await setUp();
    expect(await refusal(list(ctx, { integrationId: await samples.integration() }))).toBe('not_found');
    expect(await refusal(list(ctx, { webhookId: await samples.webhook() }))).toBe('not_found');
    for (const cursor of ['nonsense', 'WyIxMiJd', 'WzFd']) {
      expect([cursor, await refusal(list(ctx, { cursor }))]).toEqual([cursor, 'invalid_input']);
    }
    expect(await refusal(list(ctx, { after: 'WyJ4Il0' }))).toBe('invalid_input');
  });
});

describe('getLogEntry', () => {
  it('shows where in the code it went wrong, which lists leave out', async () => {
    const { organization, ctx } = await setUp();
    const [id] = await store(organization, [
      { details: { error: { code: 'ETIMEDOUT', message: 'after 30000 ms', stack: 'Error\n  at connect' } } },
    ]);
    const [listed] = (await list(ctx)).data;
    expect(listed).toMatchObject({ hasStack: true, error: { code: 'ETIMEDOUT', message: 'after 30000 ms' } });
    expect(JSON.stringify(listed)).not.toContain('at connect');
    expect(await getLogEntry(ctx, { id: id! })).toMatchObject({ stack: 'Error\n  at connect' });
    const stranger = test.as('system_admin', await test.createOrganization());
    expect(await refusal(getLogEntry(stranger, { id: id! }))).toBe('not_found');
  });
});

describe('getLogBuckets', () => {
  it('counts every level over time, with and without a search', async () => {
    const { organization, ctx } = await setUp();
    const until = new Date(test.time.now).toISOString();
    const since = new Date(test.time.now - 60 * minuteMs).toISOString();
    await store(organization, [
      { ago: 1, level: 'error', message: 'Timeout' },
      { ago: 2, level: 'error', message: 'Timeout' },
      { ago: 30 * minuteMs, level: 'warn', message: 'Timeout' },
      { ago: 30 * minuteMs, message: 'Passed' },
      { ago: 61 * minuteMs, message: 'Too old' },
    ]);
    const all = await getLogBuckets(ctx, { since, until });
    expect(all).toMatchObject({
      bucketSeconds: 60,
      total: 4,
      approximate: false,
      countedSince: null,
      since,
      until,
    });
    const filled = all.buckets.filter(({ info, warn, error }) => info + warn + error > 0);
    expect(filled).toMatchObject([
      { info: 1, warn: 1, error: 0 },
      { info: 0, warn: 0, error: 2 },
    ]);
    const searched = await getLogBuckets(ctx, { since, until, search: 'timeout' });
    expect(searched).toMatchObject({ total: 3, approximate: false, countedSince: null });
    expect(await getLogBuckets(ctx, { since, until, level: ['warn'] })).toMatchObject({ total: 1 });
  });

  it('estimates what is too much to count, and says so', async () => {
    const { organization, ctx } = await setUp();
    // Evenly over the hour before this one.
    const end = Math.floor(test.time.now / 3_600_000) * 3_600_000;
    const ago = test.time.now - end;
    for (let part = 0; part < 4; part += 1) {
      await store(
        organization,
        Array.from({ length: 4_000 }, (_, n) => ({
          ago: ago + ((part * 4_000 + n) / 16_000) * 3_600_000 + 1,
        })),
      );
    }
    const since = new Date(end - 3_600_000).toISOString();
    const until = new Date(end - 3_600_000 + 40 * 86_400_000).toISOString();
    const { total, approximate } = await getLogBuckets(ctx, { since, until });
    expect(approximate).toBe(true);
    expect(total).toBeGreaterThan(15_000);
    expect(total).toBeLessThan(3_600_000);
    const minutes = await getLogBuckets(ctx, { since, until: new Date(end).toISOString() });
    expect(minutes).toMatchObject({ total: 16_000, approximate: false });
    const found = await getLogBuckets(ctx, { since, until, search: 'line' });
    expect(found.total).toBe(10_000);
    expect(Date.parse(found.countedSince!)).toBeGreaterThan(end - 3_600_000);
  });

  it('refuses a time that ends before it begins', async () => {
    const { ctx } = await setUp();
    const [since, until] = ['2030-01-02T00:00:00Z', '2030-01-01T00:00:00Z'];
    expect(await refusal(getLogBuckets(ctx, { since, until }))).toBe('invalid_input');
  });
});

describe('an export', () => {
  async function textOf(
    ctx: Ctx,
    input: Parameters<typeof exportLogs>[1],
  ): Promise<{ text: string; largest: number }> {
    let text = '';
    let largest = 0;
    for await (const piece of (await exportLogs(ctx, input)).pieces) {
      text += piece;
      largest = Math.max(largest, piece.length);
    }
    return { text, largest };
  }

  it('has the rows that were stated, whatever is written meanwhile, a piece at a time', async () => {
    const { organization, ctx } = await setUp();
    await store(
      organization,
      Array.from({ length: 3_210 }, (_, n) => ({
        ago: n,
        message: `Line ${n}`,
        level: n % 2 ? 'warn' : 'info',
      })),
    );
    for (const filter of [{}, { search: 'line' }, { level: ['warn' as const] }]) {
      const plan = await planLogExport(ctx, { ...filter, format: 'ndjson' });
      expect(plan).toMatchObject({ rows: filter.level ? 1_605 : 3_210, more: false });
      const query = Object.fromEntries(new URL(plan.path, 'http://x').searchParams);
      const { until } = query;
      await store(organization, [{ message: 'Line after', ago: -5, level: 'warn' }]);
      const { text, largest } = await textOf(ctx, { ...filter, until, format: 'ndjson' });
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; message: string });
      expect(new Set(lines.map(({ id }) => id)).size).toBe(plan.rows);
      expect(lines.some(({ message }) => message === 'Line after')).toBe(false);
      expect(largest).toBeLessThan(text.length / 1.5);
      await test.database.pool.query(`DELETE FROM log_entries WHERE message = 'Line after'`);
    }
  });

  it('is CSV that no spreadsheet runs', async () => {
    const { organization, ctx } = await setUp();
    await store(organization, [
      {
        message: '=HYPERLINK("http://evil.test","click")',
        event: '+1',
        details: {
          host: '@host',
          durationMs: -5,
          error: { code: '-2+3', message: 'one, "two"\nthree' },
          note: '=1+1',
        },
      },
    ]);
    const { text } = await textOf(ctx, { format: 'csv' });
    const [head, row] = [text.slice(0, text.indexOf('\r\n')), text.slice(text.indexOf('\r\n') + 2)];
    expect(head.startsWith('\u{FEFF}time,level,source,event')).toBe(true);
    expect(row).toContain(`"'=HYPERLINK(""http://evil.test"",""click"")"`);
    expect(row).toContain(`,'+1,`);
    expect(row).toContain(`,'@host,'-2+3,"one, ""two""\nthree",-5,`);
    expect(row).not.toMatch(/(^|,)"?[=+@]/);
  });

  it('is audited, and for members only', async () => {
    const { organization, ctx } = await setUp();
    await exportLogs(ctx, { format: 'csv', search: 'timeout' });
    const { rows } = await test.database.pool.query(
      `SELECT changes FROM audit_log WHERE organization_id = $1 AND action = 'log.exported'`,
      [organization.id],
    );
    expect(rows).toMatchObject([{ changes: { search: { after: 'timeout' }, format: { after: 'csv' } } }]);
    expect(await refusal(exportLogs(test.anonymous(), { format: 'csv' }))).toBe('unauthenticated');
    const { samples } = await setUp();
    expect(await refusal(exportLogs(ctx, { format: 'csv', webhookId: await samples.webhook() }))).toBe(
      'not_found',
    );
  });
});

describe('clearLogs', () => {
  it('removes an integration’s lines before a moment and no others, and is audited and told', async () => {
    const { organization, ctx, samples } = await setUp();
    const integrationId = await samples.integration();
    const other = await test.createOrganization();
    await store(other, [{ message: 'Somebody else', ago: 10 * dayMs }]);
    await store(organization, [
      { message: 'Old', integrationId, ago: 10 * dayMs },
      { message: 'Older', integrationId, ago: 40 * dayMs, level: 'error' },
      { message: 'Young', integrationId, ago: 1_000 },
      { message: 'Without', ago: 10 * dayMs },
    ]);
    const before = new Date(test.time.now - dayMs).toISOString();
    await test.announced();
    expect(await clearLogs(ctx, { integrationId, before })).toEqual({ removed: 2 });
    expect((await test.announced()).map(({ topic }) => topic)).toContain('logs');
    await test.app.logs.flush();
    expect(messages(await list(ctx, { integrationId }))).toEqual([
      `${organization.people.system_admin.name} cleared 2 lines.`,
      'Young',
    ]);
    expect(messages(await list(ctx, { search: 'without' }))).toEqual(['Without']);
    const { rows } = await test.database.pool.query(
      `SELECT target_id, changes FROM audit_log WHERE organization_id = $1 AND action = 'log.cleared'`,
      [organization.id],
    );
    expect(rows).toMatchObject([{ target_id: integrationId, changes: { lines: { before: 2, after: 0 } } }]);
    expect((await clearLogs(ctx, {})).removed).toBe(3);
    expect(messages(await list(test.as('viewer', other)))).toEqual(['Somebody else']);
  });

  it('is refused to everybody but a system administrator who has just proved who they are', async () => {
    const { organization, ctx } = await setUp();
    expect(await refusal(clearLogs(test.as('utility_admin', organization), {}))).toBe('forbidden');
    expect(await refusal(clearLogs(test.apiKey(organization), {}))).toBe('forbidden');
    test.time.advance(5 * minuteMs + 1);
    expect(await refusal(clearLogs(ctx, {}))).toBe('reauthentication_required');
  });
});

describe('retention', () => {
  it('is thirty days until somebody sets it, which is audited', async () => {
    const { organization, ctx } = await setUp();
    expect(await getLogSettings(test.as('viewer', organization), {})).toEqual({ retentionDays: 30 });
    expect(await updateLogSettings(ctx, { retentionDays: 7 })).toEqual({ retentionDays: 7 });
    expect(await updateLogSettings(ctx, { retentionDays: 90 })).toEqual({ retentionDays: 90 });
    expect(await getLogSettings(ctx, {})).toEqual({ retentionDays: 90 });
    const { rows } = await test.database.pool.query(
      `SELECT changes FROM audit_log WHERE organization_id = $1 AND action = 'log.settings_updated' ORDER BY sequence`,
      [organization.id],
    );
    expect(rows).toEqual([
      { changes: { retentionDays: { before: 30, after: 7 } } },
      { changes: { retentionDays: { before: 7, after: 90 } } },
    ]);
    expect(
      await refusal(updateLogSettings(test.as('utility_admin', organization), { retentionDays: 7 })),
    ).toBe('forbidden');
  });
});
