import type { CapabilityInput } from '@trunkline/contract/capabilities';
import type { Adapters, Adapting } from './adapter.ts';
import { listAt, pathText, textAt } from './adapter.ts';

type Entries = CapabilityInput<'payroll.export'>['entries'];

const payrolls = '/v1/companies/{companyUuid}/payrolls';

/** Amounts are added in whole hundredths, as texts with two decimals say them exactly. */
const hundredths = (text: string): number => Math.round(Number(text) * 100);

/** Of every person: what is added under each name. Several entries of one name are added up. */
function sumsOf(entries: Entries): Map<string, { hours: Map<string, number>; amounts: Map<string, number> }> {
  const people = new Map<string, { hours: Map<string, number>; amounts: Map<string, number> }>();
  for (const { employeeId = '', code, quantity, amount } of entries) {
    const person = people.get(employeeId) ?? { hours: new Map(), amounts: new Map() };
    people.set(employeeId, person);
    const [sums, text] = amount === undefined ? [person.hours, quantity ?? '0.00'] : [person.amounts, amount];
    sums.set(code, (sums.get(code) ?? 0) + hundredths(text));
  }
  return people;
}

const written = (sum: number): string => (sum / 100).toFixed(2);

function mainJob(employee: unknown): unknown {
  const jobs = listAt(employee, 'jobs');
  return jobs.find((job) => (job as { primary?: unknown }).primary === true) ?? jobs[0];
}

/** The payroll of the period that nobody has run yet. */
async function openPayroll(io: Adapting, periodStart: string, periodEnd: string): Promise<string> {
  const query = new URLSearchParams({
    processing_statuses: 'unprocessed',
    start_date: periodStart,
    end_date: periodEnd,
  });
  const answer = await io.call({ method: 'GET', path: `${payrolls}?${query.toString()}` });
  const found = listAt(answer.json()).find(
    (payroll) =>
      textAt(payroll, 'pay_period', 'start_date') === periodStart &&
      textAt(payroll, 'pay_period', 'end_date') === periodEnd,
  );
  const id = textAt(found, 'payroll_uuid') ?? textAt(found, 'uuid');
  if (id === undefined) throw io.failure('There is no open payroll with exactly this period.', 422);
  return id;
}

/** Employees and payrolls of the company that has connected. */
export const gustoAdapters: Adapters = {
  'hris.list_employees': {
    repeatable: true,
    duplicates: 'Nothing is changed. Gusto gives pages by number; who is added meanwhile may shift them.',
    async run({ limit, cursor = '1' }, io) {
      const page = Number(cursor);
      if (!Number.isSafeInteger(page) || page < 1) throw io.failure('This cursor is of another list.', 422);
      const path = `/v1/companies/{companyUuid}/employees?page=${page}&per=${limit}`;
      const answer = await io.call({ method: 'GET', path });
      const pages = Number(answer.headers['x-total-pages'] ?? 1);
      return {
        employees: listAt(answer.json()).map((employee) => ({
          employeeId: textAt(employee, 'uuid') ?? '',
          number: textAt(employee, 'employee_code') ?? null,
          firstName: textAt(employee, 'first_name') ?? '',
          lastName: textAt(employee, 'last_name') ?? '',
          email: textAt(employee, 'work_email') ?? textAt(employee, 'email') ?? null,
          title: textAt(mainJob(employee), 'title') ?? null,
          department: textAt(employee, 'department') ?? null,
          active: (employee as { terminated?: unknown }).terminated !== true,
        })),
        nextCursor: page < pages ? String(page + 1) : null,
      };
    },
  },
  'payroll.export': {
    repeatable: true,
    duplicates:
      'Hours and amounts are set in the open payroll of the period and not added to it, so that a repetition changes nothing. `employeeId` is that of Gusto, `code` the name of the pay there, such as Regular Hours or Bonus; nothing is paid until somebody runs the payroll.',
    async run({ periodStart, periodEnd, entries }, io) {
      const id = await openPayroll(io, periodStart, periodEnd);
      const path = `${payrolls}/${pathText(id)}`;
      // Gusto works out who is paid and gives a version of each, which the change has to name.
      const prepared = (await io.call({ method: 'PUT', path: `${path}/prepare` })).json();
      const known = new Map(
        listAt(prepared, 'employee_compensations').map(
          (compensation) => [textAt(compensation, 'employee_uuid'), compensation] as const,
        ),
      );
      const compensations = [...sumsOf(entries)].map(([employee, { hours, amounts }]) => {
        const compensation = known.get(employee);
        if (compensation === undefined)
          throw io.failure(`Nobody in this payroll has the employeeId "${employee}".`, 422);
        const job = (name: string): string | undefined =>
          textAt(
            listAt(compensation, 'hourly_compensations').find((each) => textAt(each, 'name') === name) ??
              listAt(compensation, 'hourly_compensations')[0],
            'job_uuid',
          );
        return {
          employee_uuid: employee,
          version: textAt(compensation, 'version'),
          hourly_compensations: [...hours].map(([name, sum]) => ({
            name,
            hours: written(sum),
            job_uuid: job(name),
          })),
          fixed_compensations: [...amounts].map(([name, sum]) => ({
            name,
            amount: written(sum),
            job_uuid: job(name),
          })),
        };
      });
      await io.call({ method: 'PUT', path, json: { employee_compensations: compensations } });
      return { state: 'accepted', exportId: id, entries: entries.length, file: null };
    },
  },
};
