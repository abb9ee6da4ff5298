import type { ContributionRow, EnrollmentMember, PayrollRow } from '@trunkline/contract/files';
import type { WrittenKind } from './new-file.ts';

/*
 * Made-up rows that show what the form takes. The social security numbers are of those that are kept for
 * advertisements.
 */

type SampleMember = Partial<EnrollmentMember> & Pick<EnrollmentMember, 'relationship' | 'subscriberNumber'>;

const members: SampleMember[] = [
  {
    relationship: 'self',
    subscriberNumber: 'E1001',
    employmentStatus: 'full_time',
    employmentStart: '2019-05-06',
    ssn: '987654321',
    lastName: 'Rowan',
    firstName: 'Rita',
    birthDate: '1988-04-12',
    gender: 'female',
    address: { line1: '12 Example Lane', city: 'Springfield', state: 'IL', postalCode: '62701' },
    coverages: [{ line: 'dental', plan: 'EXAMPLE-PLAN', level: 'employee_and_spouse', start: '2026-01-01' }],
  },
  {
    relationship: 'spouse',
    subscriberNumber: 'E1001',
    lastName: 'Rowan',
    firstName: 'Simon',
    birthDate: '1986-11-30',
    gender: 'male',
    coverages: [{ line: 'dental', plan: 'EXAMPLE-PLAN', start: '2026-01-01' }],
  },
];

function contributions(today: string): ContributionRow[] {
  const plan = { planNumber: 'EX401K', payDate: today };
  return [
    {
      ...plan,
      ssn: '987654321',
      employeeNumber: 'E1001',
      lastName: 'Rowan',
      firstName: 'Rita',
      birthDate: '1988-04-12',
      hireDate: '2019-05-06',
      preTax: '192.00',
      match: '96.00',
      hours: '80.00',
      periodPay: '3200.00',
    },
    {
      ...plan,
      ssn: '987654322',
      employeeNumber: 'E1002',
      lastName: 'Tupelo',
      firstName: 'Theo',
      birthDate: '1979-08-21',
      hireDate: '2012-09-17',
      roth: '145.00',
      match: '72.50',
      hours: '80.00',
      periodPay: '2900.00',
    },
  ];
}

function payroll(today: string): PayrollRow[] {
  const period = { periodStart: `${today.slice(0, 7)}-01`, periodEnd: today };
  return [
    {
      ...period,
      employeeNumber: 'E1001',
      lastName: 'Rowan',
      firstName: 'Rita',
      code: 'REG',
      label: 'Regular hours',
      quantity: '80.00',
      rate: '40.00',
      amount: '3200.00',
      currency: 'USD',
      country: 'US',
    },
    {
      ...period,
      employeeNumber: 'E1002',
      lastName: 'Tupelo',
      firstName: 'Theo',
      code: 'OT',
      label: 'Overtime',
      quantity: '6.50',
      rate: '54.00',
      amount: '351.00',
      currency: 'USD',
      country: 'US',
    },
  ];
}

/** Made-up rows of a kind, as JSON. `today` is a date such as `2026-12-01`. */
export function sampleRows(kind: WrittenKind, today: string): string {
  const rows = kind === 'enrollment' ? members : kind === 'payroll' ? payroll(today) : contributions(today);
  return JSON.stringify(rows, null, 2);
}
