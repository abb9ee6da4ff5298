import { pino } from 'pino';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import type { LogLine } from './log-line.ts';
import { LogWriter } from './log-writer.ts';

const log = pino({ level: 'silent' });

let test: TestApp;
let organization: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
  other = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(() => test.database.pool.query('DELETE FROM log_entries'));

const line = (message: string, more: Partial<LogLine> = {}): LogLine => ({
  organizationId: organization.id,
  source: 'check',
  level: 'error',
  event: 'check.failed',
  message,
  ...more,
});

function writer(options: Partial<ConstructorParameters<typeof LogWriter>[0]> = {}): LogWriter {
  const { app } = test;
  return new LogWriter({
    pool: app.pool,
    clock: app.clock,
    newId: app.newId,
    log,
    announce: () => {},
    ...options,
  });
}

async function stored(): Promise<{ message: string; event: string; organization_id: string }[]> {
  const { rows } = await test.database.pool.query<{
    message: string;
    event: string;
    organization_id: string;
  }>('SELECT message, event, organization_id FROM log_entries ORDER BY id');
  return rows;
}

/** A pool whose statements fail until `heal` is called. */
function brokenPool(code: string): { pool: pg.Pool; heal: () => void; calls: () => number } {
  let broken = true;
  let calls = 0;
  const pool = {
    query: (...args: unknown[]) => {
      calls += 1;
      if (broken) return Promise.reject(Object.assign(new Error('no'), { code }));
      return (test.database.pool.query as (...a: unknown[]) => unknown)(...args);
    },
  } as unknown as pg.Pool;
  return { pool, heal: () => (broken = false), calls: () => calls };
}

describe('the writer', () => {
  it('stores a line with all that it tells, by itself', async () => {
    const integrationId = test.app.newId();
    test.app.logs.write(
      line('Connection timeout', {
        integrationId,
        details: { host: 'smtp.sendgrid.net:587', error: { code: 'ETIMEDOUT', message: 'after 30000 ms' } },
      }),
    );
    const { rows } = await eventually(async () => {
      const result = await test.database.pool.query(
        'SELECT at, level, source, integration_id, webhook_id, details, words::text FROM log_entries',
      );
      expect(result.rows).toHaveLength(1);
      return result;
    });
    expect(rows[0]).toMatchObject({
      at: new Date(test.time.now),
      level: 'error',
      source: 'check',
      integration_id: integrationId,
      webhook_id: null,
      details: { host: 'smtp.sendgrid.net:587', error: { code: 'ETIMEDOUT', message: 'after 30000 ms' } },
    });
    for (const word of ['timeout', 'sendgrid', '587', 'etimedout', `o:${organization.id}`]) {
      expect((rows[0] as { words: string }).words).toContain(`'${word}'`);
    }
  });

  it('stores no planted secret, in no column', async () => {
    const secret = 'SG.abcdefghijklmnopqrst.uvwxyz0123456789ABCDEFGHIJ';
    test.app.logs.write(
      line(`Refused ${secret}`, {
        event: `check.${secret}`,
        details: { host: secret, error: { message: secret, stack: secret }, body: 'Dear Mia, 1985-07-01' },
      }),
    );
    await test.app.logs.flush();
    const { rows } = await test.database.pool.query<{ row: string }>(
      'SELECT to_jsonb(l)::text AS row FROM log_entries l',
    );
    expect(rows).toHaveLength(1);
    for (const part of ['uvwxyz', 'abcdefghij', 'Mia', '1985'])
      expect(rows[0]?.row.includes(part)).toBe(false);
  });

  it('keeps many lines in order and writes them in batches', async () => {
    const logs = writer();
    for (let i = 0; i < 1_234; i += 1) logs.write(line(`Line ${i}`));
    await logs.stop();
    const rows = await stored();
    expect(rows).toHaveLength(1_234);
    expect(rows.map((row) => row.message)).toEqual(rows.map((_, i) => `Line ${i}`));
  });

  it('drops what is past its bound and says so, once an organization', async () => {
    const logs = writer({ capacity: 10 });
    for (let i = 0; i < 1_300; i += 1) logs.write(line(`Line ${i}`));
    logs.write(line('Somebody else', { organizationId: other.id }));
    await logs.stop();
    const rows = await stored();
    expect(rows.slice(0, 10).map((row) => row.message)).toEqual(rows.slice(0, 10).map((_, i) => `Line ${i}`));
    expect(rows.slice(10)).toEqual([
      {
        message: '1,290 lines were not logged: they came faster than they can be written.',
        event: 'log.dropped',
        organization_id: organization.id,
      },
      {
        message: '1 line was not logged: they came faster than they can be written.',
        event: 'log.dropped',
        organization_id: other.id,
      },
    ]);
  });

  it('keeps lines while the database is away and writes them afterwards, each once', async () => {
    const { pool, heal, calls } = brokenPool('57P01');
    const logs = writer({ pool, flushEveryMs: 10 });
    logs.write(line('Before'));
    await eventually(() => expect(calls()).toBeGreaterThan(2));
    heal();
    await eventually(async () => expect((await stored()).map((row) => row.message)).toEqual(['Before']));
    await logs.stop();
  });

  it('does not stand still over lines that the database refuses', async () => {
    const { pool, heal } = brokenPool('22P05');
    const logs = writer({ pool });
    logs.write(line('Refused'));
    await logs.flush();
    heal();
    logs.write(line('Next'));
    await logs.stop();
    expect((await stored()).map((row) => row.message)).toEqual(['Next']);
  });

  it('announces new lines to their organization at most once a second', async () => {
    const announced: string[] = [];
    const logs = writer({ announce: (id) => announced.push(id), flushEveryMs: 10 });
    logs.write(line('First'));
    await eventually(() => expect(announced).toEqual([organization.id]));
    const first = performance.now();
    for (let i = 0; i < 5; i += 1) {
      logs.write(line(`More ${i}`));
      await logs.flush();
    }
    await eventually(() => expect(announced).toEqual([organization.id, organization.id]));
    expect(performance.now() - first).toBeGreaterThan(900);
    await logs.stop();
  });
});
