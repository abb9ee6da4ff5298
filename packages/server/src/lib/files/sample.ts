import type { ContributionRow, Enrollment, EnrollmentMember, PayrollRow } from '@trunkline/contract/files';

/*
 * A company that does not exist, with ten employees and their families, for trying files out. Nobody in it is real: the
 * social security numbers are the ten that are kept for advertisements, and the telephone numbers are fictitious.
 */

interface Employee {
  number: string;
  ssn: string;
  lastName: string;
  firstName: string;
  birthDate: string;
  gender: 'female' | 'male';
  hired: string;
  pay: number;
  family: readonly [
    relationship: 'spouse' | 'child' | 'life_partner',
    firstName: string,
    birthDate: string,
    gender: 'female' | 'male',
  ][];
}

const employees: readonly Employee[] = [
  employee(0, 'Ashgrove', 'Ada', '1984-03-09', 'female', '2016-02-01', 3200, [
    ['spouse', 'Ben', '1982-11-30', 'male'],
    ['child', 'Cleo', '2014-06-18', 'female'],
  ]),
  employee(1, 'Birchwood', 'Bruno', '1979-08-21', 'male', '2012-09-17', 2900, []),
  employee(2, 'Cedarholm', 'Carla', '1991-01-14', 'female', '2019-05-06', 2600, [
    ['life_partner', 'Dana', '1990-10-02', 'female'],
  ]),
  employee(3, 'Dogwood', 'David', '1968-12-05', 'male', '2004-01-12', 4100, [
    ['spouse', 'Erin', '1970-04-27', 'female'],
  ]),
  employee(4, 'Elmhurst', 'Elena', '1995-07-19', 'female', '2023-03-20', 2300, []),
  employee(5, 'Firwell', 'Frank', '1987-05-23', 'male', '2017-11-13', 2750, [
    ['child', 'Gina', '2018-02-11', 'female'],
    ['child', 'Hugo', '2021-09-03', 'male'],
  ]),
  employee(6, 'Gingko', 'Grace', '1973-09-28', 'female', '2009-06-15', 3600, []),
  employee(7, 'Hazelton', 'Henry', '2000-02-29', 'male', '2025-08-25', 2100, []),
  employee(8, 'Ironwood', 'Ines', '1982-10-10', 'female', '2014-04-07', 3050, [
    ['spouse', 'Jonas', '1981-03-16', 'male'],
    ['child', 'Kai', '2011-12-24', 'male'],
  ]),
  employee(9, 'Juniper', 'Julia', '1990-06-06', 'female', '2020-10-19', 2450, []),
];

function employee(
  index: number,
  lastName: string,
  firstName: string,
  birthDate: string,
  gender: Employee['gender'],
  hired: string,
  pay: number,
  family: Employee['family'],
): Employee {
  const number = `E${1001 + index}`;
  return { number, ssn: `98765432${index}`, lastName, firstName, birthDate, gender, hired, pay, family };
}

/** First day of the month of a moment, in UTC, as `2026-12-01`. */
function monthOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 7)}-01`;
}

function levelOf({ family }: Employee) {
  const children = family.filter(([relationship]) => relationship === 'child').length;
  if (family.length === 0) return 'employee';
  if (children === 0) return 'employee_and_spouse';
  return children === family.length ? 'employee_and_children' : 'family';
}

/** Everybody of the company with one coverage, as a carrier's full file has them. */
export function sampleMembers(at: number, line: 'ppo' | 'dental' | 'vision'): EnrollmentMember[] {
  const start = `${monthOf(at).slice(0, 4)}-01-01`;
  return employees.flatMap((one, index) => {
    const shared = {
      subscriberNumber: one.number,
      benefitStatus: 'active',
      lastName: one.lastName,
      address: {
        line1: `${12 + 4 * index} Example Lane`,
        city: 'Springfield',
        state: 'IL',
        postalCode: '62701',
      },
    } as const;
    const begins = one.hired > start ? one.hired : start;
    const subscriber: EnrollmentMember = {
      ...shared,
      relationship: 'self',
      employmentStatus: 'full_time',
      employmentStart: one.hired,
      clientNumber: one.number,
      ssn: one.ssn,
      firstName: one.firstName,
      birthDate: one.birthDate,
      gender: one.gender,
      phone: `21755501${String(index).padStart(2, '0')}`,
      coverages: [{ line, plan: 'EXAMPLE-PLAN', level: levelOf(one), start: begins }],
    };
    const dependents = one.family.map(([relationship, firstName, birthDate, gender]): EnrollmentMember => ({
      ...shared,
      relationship,
      firstName,
      birthDate,
      gender,
      coverages: [{ line, plan: 'EXAMPLE-PLAN', start: begins }],
    }));
    return [subscriber, ...dependents];
  });
}

/** The same people as a whole file, to and from nobody, marked as a test. */
export function sampleEnrollment(at: number): Enrollment {
  return {
    sender: { qualifier: 'ZZ', id: 'EXAMPLEWORKS' },
    receiver: { qualifier: 'ZZ', id: 'EXAMPLECARRIER' },
    controlNumber: 1,
    reference: 'SAMPLE-1',
    createdAt: new Date(at - (at % 60_000)).toISOString(),
    test: true,
    acknowledgementRequested: true,
    purpose: 'original',
    content: 'full',
    groupNumber: 'EX00100',
    totals: true,
    sponsor: { name: 'Maple Example Works', taxId: '000000001' },
    payer: { name: 'Example Carrier', taxId: '000000002' },
    members: sampleMembers(at, 'dental'),
  };
}

/** The contributions of a pay date: six percent before tax, and the match of half of it. */
export function sampleContributions(at: number): ContributionRow[] {
  const payDate = new Date(at).toISOString().slice(0, 10);
  return employees.map((one) => ({
    planNumber: 'EX401K',
    payDate,
    ssn: one.ssn,
    employeeNumber: one.number,
    lastName: one.lastName,
    firstName: one.firstName,
    birthDate: one.birthDate,
    hireDate: one.hired,
    preTax: (one.pay * 0.06).toFixed(2),
    roth: '0.00',
    match: (one.pay * 0.03).toFixed(2),
    hours: '80.00',
    periodPay: one.pay.toFixed(2),
  }));
}

/** The hours of the month, and a bonus for one of them. */
export function samplePayroll(at: number): PayrollRow[] {
  const periodStart = monthOf(at);
  const end = new Date(`${periodStart}T00:00:00Z`);
  end.setUTCMonth(end.getUTCMonth() + 1, 0);
  const period = { periodStart, periodEnd: end.toISOString().slice(0, 10) };
  const hours = employees.map((one): PayrollRow => ({
    employeeNumber: one.number,
    lastName: one.lastName,
    firstName: one.firstName,
    ...period,
    code: 'HOURS',
    label: 'Regular hours',
    quantity: '160.00',
  }));
  return [
    ...hours,
    { employeeNumber: 'E1004', ...period, code: 'BONUS', label: 'Bonus', amount: '500.00', currency: 'USD' },
  ];
}
