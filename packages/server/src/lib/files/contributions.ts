import { ContributionRow } from '@trunkline/contract/files';
import type { CsvLayout, FileFinding } from '@trunkline/contract/files';
import { readRows, writeRows } from './csv/rows.ts';
import type { RowKind, RowProblem } from './csv/rows.ts';
import { lookOfSsn } from './ssn.ts';

const amounts = ['preTax', 'roth', 'afterTax', 'match', 'employerOther', 'loanPayment'] as const;

/** Rows of 401(k) contribution and census files. */
export const contributionKind: RowKind<ContributionRow> = {
  schema: ContributionRow,
  fields: {
    planNumber: 'text',
    payDate: 'date',
    ssn: 'text',
    employeeNumber: 'text',
    lastName: 'text',
    firstName: 'text',
    middleName: 'text',
    birthDate: 'date',
    hireDate: 'date',
    rehireDate: 'date',
    terminationDate: 'date',
    addressLine1: 'text',
    addressLine2: 'text',
    city: 'text',
    state: 'text',
    postalCode: 'text',
    email: 'text',
    division: 'text',
    preTax: 'number',
    roth: 'number',
    afterTax: 'number',
    match: 'number',
    employerOther: 'number',
    loanNumber: 'text',
    loanPayment: 'number',
    hours: 'number',
    periodPay: 'number',
    yearHours: 'number',
    yearPay: 'number',
  },
  reference: ({ employeeNumber }) => employeeNumber,
  check: checkContribution,
};

function checkContribution(row: ContributionRow, seen: Set<string>): RowProblem[] {
  const problems: RowProblem[] = [];
  const report = (severity: FileFinding['severity'], field: string, code: string, message: string) =>
    problems.push({ severity, field, code, message });
  const paid = amounts.filter((field) => row[field] !== undefined && row[field] !== '0.00');

  if (row.ssn === undefined && row.employeeNumber === undefined) {
    report('error', 'ssn', 'nobody_named', 'A row needs a social security number or an employee number.');
  }
  if (row.ssn !== undefined && lookOfSsn(row.ssn) === 'never_issued') {
    report('warning', 'ssn', 'ssn_never_issued', 'No social security number looks like this one.');
  }
  if (paid.length > 0 && row.payDate === undefined) {
    report('error', 'payDate', 'pay_date_missing', 'A row with amounts needs a pay date.');
  }
  for (const field of paid) {
    if (row[field]?.startsWith('-')) {
      report(
        'warning',
        field,
        'amount_negative',
        'A negative amount corrects an earlier file; not every partner takes it.',
      );
    }
  }
  if (row.loanPayment !== undefined && row.loanPayment !== '0.00' && row.loanNumber === undefined) {
    report(
      'warning',
      'loanNumber',
      'loan_number_missing',
      'With several loans, the partner cannot tell which is paid.',
    );
  }
  const share = cents(row.preTax) + cents(row.roth) + cents(row.afterTax);
  if (row.periodPay !== undefined && share > cents(row.periodPay)) {
    report('warning', 'periodPay', 'more_than_pay', 'The deferrals are more than the pay of the period.');
  }
  const hired = row.rehireDate ?? row.hireDate;
  if (row.birthDate !== undefined && hired !== undefined && hired <= row.birthDate) {
    report('error', 'hireDate', 'hired_before_birth', 'The hire date lies before the birth date.');
  }
  if (row.terminationDate !== undefined && hired !== undefined && row.terminationDate < hired) {
    report('error', 'terminationDate', 'ends_before_it_begins', 'The employment ends before it begins.');
  }
  const key = [row.planNumber, row.payDate, row.ssn ?? row.employeeNumber, row.loanNumber].join('\0');
  if (seen.has(key)) {
    report(
      'warning',
      'payDate',
      'row_repeated',
      'The same person, pay date and loan are in the file already; the amounts may count twice.',
    );
  }
  seen.add(key);
  return problems;
}

function cents(amount: string | undefined): number {
  return amount === undefined ? 0 : Math.round(Number(amount) * 100);
}

/**
 * Writes a 401(k) contribution or census file.
 * @throws FileInputError which names row and field, never the value
 */
export function writeContributions401k(rows: readonly unknown[], layout: CsvLayout): Buffer {
  return writeRows(contributionKind, rows, layout);
}

/** Reads and checks a 401(k) contribution or census file. */
export function readContributions401k(
  bytes: Uint8Array,
  layout: CsvLayout,
): { rows: ContributionRow[]; findings: FileFinding[] } {
  return readRows(contributionKind, bytes, layout);
}
