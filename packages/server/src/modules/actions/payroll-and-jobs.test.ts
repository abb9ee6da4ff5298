import { payrollExport } from '@trunkline/contract/capabilities/payroll';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAdapterWorld } from '../../testing/adapter-world.ts';
import type { AdapterWorld } from '../../testing/adapter-world.ts';
import { saveExchangeLayout } from '../exchange/save-exchange-layout.ts';
import { frenchPayrollLayout } from '../../lib/files/layouts.ts';

let world: AdapterWorld;
beforeAll(async () => {
  world = await startAdapterWorld();
});
afterAll(() => world.close());

const period = { periodStart: '2026-12-01', periodEnd: '2026-12-15' };
const ada = { employeeNumber: 'E1', employeeId: '11111111-aaaa-4aaa-8aaa-000000000001', lastName: '=1+1' };
const entries = [
  { ...ada, code: 'Regular Hours', quantity: '40.10' },
  { ...ada, code: 'Regular Hours', quantity: '40.20' },
  { ...ada, code: 'Bonus', amount: '250.00' },
];

it('sets hours and amounts in the open payroll of Gusto, and adds nothing when asked again', async () => {
  for (const _ of [1, 2]) {
    const { result, problem } = await world.ask('gusto', 'payroll.export', { ...period, entries });
    expect([problem, result]).toMatchObject([null, { state: 'accepted', entries: 3, file: null }]);
  }
  const [payroll] = world.sandbox.sent('gusto').filter(({ kind }) => kind === 'payroll');
  const { employee_compensations: people } = payroll!.data as { employee_compensations: unknown[] };
  expect(people[0]).toMatchObject({
    hourly_compensations: [{ name: 'Regular Hours', hours: '80.30' }],
    fixed_compensations: [{ name: 'Bonus', amount: '250.00' }],
  });
});

it.each([
  [{ periodEnd: '2026-12-14' }, entries],
  [{}, [{ ...ada, employeeId: 'nobody', code: 'Bonus', amount: '1.00' }]],
  [{}, [{ employeeNumber: 'E1', code: 'Bonus', amount: '1.00' }]],
  [{}, [{ ...ada, code: 'Unknown', amount: '1.00' }]],
])('tells what Gusto does not take: %j %j', async (change, wrong) => {
  const { problem } = await world.ask('gusto', 'payroll.export', { ...period, ...change, entries: wrong });
  expect(problem?.fault).toBe('badInput');
});

it('writes a file in the layout of the integration, and no formula', async () => {
  const text = async (): Promise<string> => {
    const { result } = await world.ask('papaya-global', 'payroll.export', { ...period, entries });
    const { state, file } = payrollExport.output.parse(result);
    expect([state, file?.name]).toEqual(['file', 'payroll_2026-12-01_2026-12-15.csv']);
    return Buffer.from(file!.content, 'base64').toString();
  };
  const usual = await text();
  expect(usual).toContain("'=1+1");
  expect(usual).toContain('40.10');
  const [row] = (
    await world.app.pool.query<{ id: string }>('SELECT id FROM integrations WHERE provider = $1', [
      'papaya-global',
    ])
  ).rows;
  await saveExchangeLayout(world.as('system_admin', world.organization), {
    integrationId: row!.id,
    kind: 'payroll',
    layout: frenchPayrollLayout,
  });
  expect(await text()).toContain('40,10');
});

it('refuses an entry that pays nothing', () => {
  const nothing = { ...period, entries: [{ employeeNumber: 'E1', code: 'Bonus' }] };
  expect(payrollExport.input.safeParse(nothing).success).toBe(false);
});

const job = {
  jobId: 'job-1',
  title: 'Nurse',
  description: 'A text that is long enough for every board, because boards refuse short ones. '.repeat(2),
  company: 'Acme',
  location: { city: 'Kyoto', country: 'JP' },
  applyUrl: 'https://jobs.example.com/1',
};

it('hands pay to Indeed in the smallest unit of its currency, and changes the ad that is there', async () => {
  const pay = { min: 1500, max: 1800.5, currency: 'USD', period: 'hour' };
  const first = await world.ask('indeed', 'job.post', { ...job, pay });
  const postings = () => world.sandbox.sent('indeed').filter(({ kind }) => kind === 'job posting');
  const salary = { currency: 'USD', minimumMinor: 150_000, maximumMinor: 180_050, period: 'HOUR' };
  expect(postings()[0]?.data).toMatchObject({ body: { salary, location: { cityRegionPostal: 'Kyoto' } } });
  const yen = { min: 1500, max: 1800, currency: 'JPY', period: 'hour' };
  const again = await world.ask('indeed', 'job.post', { ...job, pay: yen });
  expect(again.result).toEqual(first.result);
  expect(postings()).toHaveLength(1);
  expect(postings()[0]?.data).toMatchObject({ body: { salary: { minimumMinor: 1500 } } });
  const { postingId } = first.result as { postingId: string };
  await world.ask('indeed', 'job.close', { jobId: 'job-1', postingId });
  expect(postings()[0]?.data).toMatchObject({ state: 'expired' });
});

it('posts a job to LinkedIn once, and closes it', async () => {
  const postings = () => world.sandbox.sent('linkedin-recruiter').map(({ data }) => data['state']);
  const first = await world.ask('linkedin-recruiter', 'job.post', job);
  await world.ask('linkedin-recruiter', 'job.post', job);
  expect(postings()).toEqual(['LISTED']);
  const { postingId } = first.result as { postingId: string };
  const closed = await world.ask('linkedin-recruiter', 'job.close', { jobId: 'job-1', postingId });
  expect(closed.result).toEqual({ postingId, state: 'pending' });
  expect(postings()).toEqual(['CLOSED']);
});
