import type { IntegrationStatus } from '@trunkline/contract/integrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verificationMonths } from '@trunkline/contract/verification';
import { createSamples } from '../../testing/sample-data.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { Maintenance } from '../../workers/maintenance.ts';
import { Verifications } from '../../workers/verifications.ts';
import { csvOf } from './csv.ts';
import { downloadVerification } from './download-verification.ts';
import { getVerification } from './get-verification.ts';
import { listVerifications } from './list-verifications.ts';
import { findingsOf, outcomeOf } from './rules.ts';
import type { Facts } from './rules.ts';
import { startVerification } from './start-verification.ts';
import { updateVerificationSettings } from './update-verification-settings.ts';

const now = Date.UTC(2026, 10, 28, 12);
const days = (count: number) => count * 86_400_000;
const problem = { fault: 'down', title: 'It does not answer', cause: 'c', fix: 'Wait.', link: null } as const;
const fine: Facts = {
  status: 'active',
  problem: null,
  since: now - days(40),
  uptimePercent: 99.95,
  uptimeTarget: 99.9,
  credentialsAt: now - days(10),
  endsAt: null,
};
const found = (changes: Partial<Facts>) => {
  const facts = { ...fine, ...changes };
  const findings = findingsOf(facts, now);
  return [outcomeOf(facts.status, findings), ...findings.map(({ key }) => key)];
};

describe('what is found of an integration', () => {
  it.each<[string, Partial<Facts>, string[]]>([
    ['all is well', {}, ['ok']],
    ['nothing was measured', { uptimePercent: null, credentialsAt: null }, ['ok']],
    ['it fails', { status: 'error', problem }, ['failed', 'check']],
    ['it is restricted', { status: 'degraded', problem }, ['warning', 'restricted']],
    ['it was never connected', { status: 'pending' }, ['warning', 'pending']],
    ['it missed its target', { uptimePercent: 99.89 }, ['warning', 'uptime']],
    ['its credentials are 89 days old', { credentialsAt: now - days(89.9) }, ['ok']],
    ['its credentials are 90 days old', { credentialsAt: now - days(90) }, ['warning', 'credentials']],
    ['its consent ends in 13 days', { endsAt: now + days(13) }, ['warning', 'expiry']],
    ['its consent ends in 15 days', { endsAt: now + days(15) }, ['ok']],
    [
      'it is off, whatever else',
      { status: 'disabled', credentialsAt: now - days(900) },
      ['skipped', 'disabled'],
    ],
    [
      'several at once, the worst first',
      { status: 'error', problem, uptimePercent: 50, credentialsAt: now - days(100) },
      ['failed', 'check', 'uptime', 'credentials'],
    ],
  ])('when %s', (_, changes, expected) => expect(found(changes)).toEqual(expected));

  it('never rounds a missed target up', () => {
    const [finding] = findingsOf({ ...fine, uptimePercent: 99.8999 }, now);
    expect(finding?.text).toBe('Worked 99.89 % of the last 30 days; the target is 99.9 %.');
  });
});

it('writes CSV that a spreadsheet reads as text', () => {
  const item = {
    integrationId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01',
    name: '=HYPERLINK("x")',
    provider: { slug: 's', name: 'A, B' },
    account: null,
    status: 'active' as const,
    outcome: 'ok' as const,
    findings: [],
    uptimePercent: 99.99951,
    uptimeTarget: 99.9,
    credentialsAgeDays: 3,
    checkedAt: null,
  };
  const [, line] = csvOf({ items: [item] }).split('\r\n');
  expect(line).toBe(`"'=HYPERLINK(""x"")","A, B",,ok,active,,100,99.9,3,`);
});

describe('a verification', () => {
  let test: TestApp;
  let organization: TestOrganization;
  let worker: Verifications;

  beforeAll(async () => {
    test = await createTestApp();
    worker = new Verifications(test.app);
    organization = await test.createOrganization();
  });
  afterAll(() => test.close());

  const admin = () => test.as('system_admin', organization);
  const list = async () => (await listVerifications(admin(), { limit: 50 })).data;

  /** Two integrations: one works, one does not. */
  async function connect(): Promise<void> {
    const samples = createSamples(test, organization, { marker: 'verified', url: 'http://127.0.0.1:9' });
    const [good, bad] = [await samples.integration(), await samples.integration()];
    await setStatus(good, 'active');
    await setStatus(bad, 'error');
  }
  async function setStatus(id: string, status: IntegrationStatus): Promise<void> {
    await test.database.pool.query(
      `UPDATE integration_health SET check_due_at = now() + interval '5 minutes', problem = $2 WHERE integration_id = $1`,
      [id, status === 'error' ? JSON.stringify(problem) : null],
    );
  }
  /** As the checks do when they are through. */
  async function endChecks(): Promise<void> {
    await test.database.pool.query(`UPDATE check_run_items SET outcome = 'ok' WHERE outcome IS NULL`);
    await test.database.pool.query('UPDATE check_runs SET finished_at = now() WHERE finished_at IS NULL');
  }
  async function toDay(day: string): Promise<void> {
    test.time.now = Date.parse(`${day}T00:00:01Z`);
    await worker.run();
  }

  it('runs once at a time; its report is written when all is checked, and told of once', async () => {
    await connect();
    const begun = await startVerification(admin(), {});
    expect(begun).toMatchObject({
      state: 'running',
      progress: { total: 2, done: 0 },
      counts: null,
      scheduled: false,
    });
    expect((await startVerification(admin(), {})).id).toBe(begun.id);
    await worker.run();
    expect(await getVerification(admin(), { id: begun.id })).toMatchObject({ state: 'running', items: [] });
    expect(await refusalOf(downloadVerification(admin(), { id: begun.id }))).toMatchObject({
      code: 'conflict',
    });

    await endChecks();
    await Promise.all([worker.run(), new Verifications(test.app).run()]);
    const report = await getVerification(admin(), { id: begun.id });
    expect(report).toMatchObject({ state: 'finished', counts: { failed: 1, warning: 0, ok: 1, skipped: 0 } });
    expect(report.items.map(({ outcome }) => outcome)).toEqual(['failed', 'ok']);
    const file = await downloadVerification(admin(), { id: begun.id });
    expect(file.content.trimEnd().split('\r\n')).toHaveLength(3);
    const { rows } = await test.database.pool.query(
      `SELECT data FROM own_events WHERE type = 'verification.finished'`,
    );
    expect(rows).toMatchObject([{ data: { verificationId: begun.id, failed: 1, ok: 1 } }]);
  });

  it('begins by itself on its day, once a month, whatever nodes there are', async () => {
    const before = (await list()).length;
    await updateVerificationSettings(admin(), { enabled: true, day: 5 });
    await toDay('2027-02-04');
    expect(await list()).toHaveLength(before);
    test.time.now = Date.parse('2027-02-05T00:00:01Z');
    await Promise.all([worker.run(), new Verifications(test.app).run()]);
    expect(await list()).toHaveLength(before + 1);
    expect((await list())[0]).toMatchObject({ scheduled: true, startedBy: 'Trunkline' });
    await endChecks();
    await toDay('2027-02-20');
    expect(await list()).toHaveLength(before + 1);
    await toDay('2027-03-05');
    expect(await list()).toHaveLength(before + 2);
    await endChecks();
    await worker.run();
    await updateVerificationSettings(admin(), { enabled: false, day: 5 });
    await toDay('2027-04-05');
    expect(await list()).toHaveLength(before + 2);
  });

  it('keeps its report when the checks are gone, so that no month has two, until its own time is over', async () => {
    const { pool } = test.database;
    const { app } = test;
    const maintenance = new Maintenance({ pool, clock: app.clock, log: app.log });
    /** Housekeeping goes by the database's clock, so that what it looks at is made older. */
    const age = async (table: 'check_runs' | 'verification_runs', by: string) => {
      await pool.query(`UPDATE ${table} SET finished_at = now() - $1::interval`, [by]);
      await maintenance.run();
    };
    await updateVerificationSettings(admin(), { enabled: true, day: 1 });
    await toDay('2027-05-01');
    await endChecks();
    await worker.run();
    const all = await list();
    const { id } = all[0]!;
    const report = await getVerification(admin(), { id });
    expect(report).toMatchObject({ state: 'finished', scheduled: true, progress: { total: 2, done: 2 } });
    const file = await downloadVerification(admin(), { id });

    await age('check_runs', '31 days');
    expect((await pool.query('SELECT FROM check_runs')).rows).toEqual([]);
    expect(await getVerification(admin(), { id })).toEqual(report);
    expect(await downloadVerification(admin(), { id })).toEqual(file);
    await toDay('2027-05-31');
    expect(await list()).toHaveLength(all.length);

    await age('verification_runs', `${verificationMonths} months - 1 day`);
    expect(await list()).toHaveLength(all.length);
    await age('verification_runs', `${verificationMonths} months 1 day`);
    expect(await list()).toEqual([]);
  });

  it('is finished even when its checks are gone before the report was written', async () => {
    await updateVerificationSettings(admin(), { enabled: false, day: 1 });
    const { id } = await startVerification(admin(), {});
    await test.database.pool.query('DELETE FROM check_runs');
    await worker.run();
    expect(await getVerification(admin(), { id })).toMatchObject({
      state: 'finished',
      counts: { failed: 1 },
    });
  });
});
