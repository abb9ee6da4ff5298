import { PayrollRow } from '@trunkline/contract/files';
import type { CsvLayout, FileFinding } from '@trunkline/contract/files';
import { readRows, writeRows } from './csv/rows.ts';
import type { RowKind, RowProblem } from './csv/rows.ts';

/** Rows of payroll files: one element of pay each. */
export const payrollKind: RowKind<PayrollRow> = {
  schema: PayrollRow,
  fields: {
    employeeNumber: 'text',
    lastName: 'text',
    firstName: 'text',
    periodStart: 'date',
    periodEnd: 'date',
    code: 'text',
    label: 'text',
    quantity: 'number',
    rate: 'number',
    amount: 'number',
    currency: 'text',
    country: 'text',
    costCenter: 'text',
    note: 'text',
  },
  reference: ({ employeeNumber }) => employeeNumber,
  check: checkPayroll,
};

function checkPayroll(row: PayrollRow, seen: Set<string>): RowProblem[] {
  const problems: RowProblem[] = [];
  const report = (severity: FileFinding['severity'], field: string, code: string, message: string) =>
    problems.push({ severity, field, code, message });
  if (row.periodEnd < row.periodStart) {
    report('error', 'periodEnd', 'ends_before_it_begins', 'The period ends before it begins.');
  }
  if (row.quantity === undefined && row.amount === undefined) {
    report('error', 'amount', 'nothing_to_pay', 'A row needs a quantity or an amount.');
  }
  if (row.quantity !== undefined && row.rate !== undefined && row.amount !== undefined) {
    const product = Number(row.quantity) * Number(row.rate);
    if (Math.abs(product - Number(row.amount)) > 0.01) {
      report(
        'warning',
        'amount',
        'amount_differs',
        'The amount is another than the quantity times the rate.',
      );
    }
  }
  const key = [row.employeeNumber, row.periodStart, row.periodEnd, row.code, row.costCenter].join('\0');
  if (seen.has(key)) {
    report(
      'warning',
      'code',
      'row_repeated',
      'The same person, period and code are in the file already; they may count twice.',
    );
  }
  seen.add(key);
  return problems;
}

/**
 * Writes a payroll file.
 * @throws FileInputError which names row and field, never the value
 */
export function writePayroll(rows: readonly unknown[], layout: CsvLayout): Buffer {
  return writeRows(payrollKind, rows, layout);
}

/** Reads and checks a payroll file. */
export function readPayroll(
  bytes: Uint8Array,
  layout: CsvLayout,
): { rows: PayrollRow[]; findings: FileFinding[] } {
  return readRows(payrollKind, bytes, layout);
}
