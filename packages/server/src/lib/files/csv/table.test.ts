import { ContributionRow, PayrollRow } from '@trunkline/contract/files';
import type { CsvLayout } from '@trunkline/contract/files';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contributionKind, readContributions401k, writeContributions401k } from '../contributions.ts';
import { readEnrollmentRows, writeEnrollmentRows } from '../enrollment-rows.ts';
import { FileInputError } from '../input-error.ts';
import {
  censusLayout,
  contributionsLayout,
  enrollmentLayout,
  frenchPayrollLayout,
  internationalPayrollLayout,
  payrollLayout,
} from '../layouts.ts';
import { payrollKind, readPayroll, writePayroll } from '../payroll.ts';
import { sampleContributions, sampleMembers, samplePayroll } from '../sample.ts';
import { decode, encode } from './encoding.ts';
import { layoutProblem } from './table.ts';

const at = Date.parse('2026-11-28T17:06:00Z');

const text = (max: number) =>
  fc
    .string({
      unit: fc.constantFrom(...Array.from('abcXYZ019 ,;|"\'=+-@\t.éÜœ€')),
      minLength: 1,
      maxLength: max,
    })
    .map((value) => value.trim())
    .filter((value) => value !== '');
const day = fc
  .date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const amount = fc
  .integer({ min: -99_999_999_99, max: 99_999_999_99 })
  .map((cents) => (cents / 100).toFixed(2));
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const layoutOf = (kind: { fields: object }): fc.Arbitrary<CsvLayout> =>
  fc
    .record({
      header: fc.boolean(),
      delimiter: fc.constantFrom(',' as const, ';' as const, '\t' as const, '|' as const),
      dateFormat: fc.constantFrom(
        'YYYY-MM-DD' as const,
        'MM/DD/YYYY' as const,
        'DD/MM/YYYY' as const,
        'YYYYMMDD' as const,
        'MMDDYYYY' as const,
        'DDMMYYYY' as const,
      ),
      decimalMark: fc.constantFrom('.' as const, ',' as const),
      lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
      encoding: fc.constantFrom('utf-8' as const, 'utf-8-bom' as const, 'windows-1252' as const),
      escapeFormulas: fc.boolean(),
      order: fc.shuffledSubarray(Object.keys(kind.fields), { minLength: Object.keys(kind.fields).length }),
    })
    .filter(({ delimiter, decimalMark }) => delimiter !== decimalMark)
    .map(({ order, ...layout }) => ({
      ...layout,
      columns: order.map((field) => ({ field, header: field === 'code' ? '=Código' : field.toUpperCase() })),
    }));

const clean = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('a CSV file', () => {
  it('of payroll reads back as it was written, in every layout', () => {
    const row = fc
      .record({
        employeeNumber: text(30),
        lastName: some(text(60)),
        firstName: some(text(35)),
        periodStart: day,
        code: text(30),
        label: some(text(100)),
        quantity: some(fc.integer({ min: -999_99, max: 999_99 }).map((cents) => (cents / 100).toFixed(2))),
        amount,
        currency: some(fc.constantFrom('EUR', 'USD')),
        costCenter: some(text(30)),
        note: some(text(200)),
      })
      .map((one) => ({ ...one, periodEnd: one.periodStart }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), layoutOf(payrollKind), (rows, layout) => {
        const read = readPayroll(writePayroll(rows, layout), layout);
        expect(read.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(read.rows).toEqual(clean(rows));
      }),
      { numRuns: 150 },
    );
  });

  it('of contributions reads back as it was written, in every layout', () => {
    const row = fc.record({
      planNumber: text(20),
      payDate: day,
      ssn: fc.integer({ min: 0, max: 999_999_999 }).map((number) => String(number).padStart(9, '0')),
      employeeNumber: some(text(30)),
      lastName: text(60),
      firstName: text(35),
      preTax: some(amount),
      roth: some(amount),
      loanPayment: some(amount),
      periodPay: some(amount),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        layoutOf(contributionKind),
        (rows, layout) => {
          const read = readContributions401k(writeContributions401k(rows, layout), layout);
          expect(read.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
          expect(read.rows).toEqual(clean(rows));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of enrollments reads back as it was written', () => {
    const members = sampleMembers(at, 'ppo');
    const [first] = members;
    first?.coverages.push({ line: 'vision', plan: 'EYES', start: '2026-01-01', end: '2026-12-31' });
    const read = readEnrollmentRows(writeEnrollmentRows(members, enrollmentLayout), enrollmentLayout);
    expect(read.findings).toEqual([]);
    expect(read.members).toEqual(clean(members));
    expect(read.members[0]?.coverages).toHaveLength(2);
  });

  it('looks as its layout says', () => {
    const [contribution] = sampleContributions(at);
    const lines = writeContributions401k([contribution], contributionsLayout).toString().split('\r\n');
    expect(lines).toEqual([
      'Plan Number,SSN,Employee ID,Last Name,First Name,Check Date,Pre-tax,Roth,After-tax,Match,Employer Other,Loan Number,Loan Payment,Hours,Period Pay,YTD Pay',
      'EX401K,987654320,E1001,Ashgrove,Ada,11/28/2026,192.00,0.00,,96.00,,,,80.00,3200.00,',
      '',
    ]);
    const bytes = writePayroll(samplePayroll(at).slice(-1), frenchPayrollLayout);
    expect(bytes.includes(Buffer.from([0x50, 0x72, 0xe9, 0x6e]))).toBe(true);
    expect(decode(bytes, 'windows-1252')?.split('\r\n')[1]).toBe(
      'E1004;;;01/11/2026;30/11/2026;BONUS;Bonus;;;500,00;;',
    );
  });

  it('does not let a name become a formula, and leaves negative amounts alone', () => {
    const row = {
      employeeNumber: '+1',
      lastName: '=HYPERLINK("x")',
      firstName: "'=1",
      periodStart: '2026-11-01',
      periodEnd: '2026-11-30',
      code: '@SUM',
      amount: '-12.50',
    };
    const written = writePayroll([row], payrollLayout).toString().split('\r\n')[1];
    expect(written).toBe(`'+1,"'=HYPERLINK(""x"")",''=1,11/01/2026,11/30/2026,'@SUM,,,,-12.50,`);
    const bare = writePayroll([row], { ...payrollLayout, escapeFormulas: false }).toString();
    expect(bare).toContain('+1,"=HYPERLINK(""x"")",\'=1,');
  });

  it.each([
    ['contributions', contributionsLayout, contributionKind.fields],
    ['census', censusLayout, contributionKind.fields],
    ['payroll', payrollLayout, payrollKind.fields],
    ['payroll of many countries', internationalPayrollLayout, payrollKind.fields],
    ['French payroll', frenchPayrollLayout, payrollKind.fields],
  ])('has a layout for %s that works', (_, layout, fields) => {
    expect(layoutProblem(layout, fields)).toBeNull();
  });

  it('writes and reads its samples without a finding', () => {
    for (const layout of [payrollLayout, internationalPayrollLayout, frenchPayrollLayout]) {
      expect(readPayroll(writePayroll(samplePayroll(at), layout), layout).findings).toEqual([]);
    }
    const read = readContributions401k(
      writeContributions401k(sampleContributions(at), contributionsLayout),
      contributionsLayout,
    );
    expect([read.findings, read.rows.length]).toEqual([[], 10]);
    for (const row of sampleContributions(at)) expect(ContributionRow.parse(row)).toEqual(row);
    for (const row of samplePayroll(at)) expect(PayrollRow.parse(row)).toEqual(row);
  });
});

describe('reading a CSV file', () => {
  const header = 'Employee ID,Period Start,Period End,Earning Code,Amount';
  const layout: CsvLayout = {
    ...payrollLayout,
    columns: payrollLayout.columns.filter(({ header: name }) => header.split(',').includes(name)),
  };
  const problems = (content: string | Uint8Array, chosen = layout) =>
    readPayroll(Buffer.from(content), chosen).findings.map(({ severity, code, row, column }) => [
      severity,
      code,
      row,
      column,
    ]);
  const good = '1,11/01/2026,11/30/2026,A,5.00';

  it('takes columns in any order and any case, by their headings', () => {
    const content = `amount,EARNING CODE,Period End,Period Start, employee id \n5,A,11/30/2026,11/1/2026,1\n`;
    expect(readPayroll(Buffer.from(content), layout)).toEqual({
      rows: [
        {
          employeeNumber: '1',
          periodStart: '2026-11-01',
          periodEnd: '2026-11-30',
          code: 'A',
          amount: '5.00',
        },
      ],
      findings: [],
    });
  });

  it.each<[string, string, unknown[]]>([
    ['an empty file', '', [['error', 'no_rows', null, null]]],
    ['headings without rows', `${header}\n`, [['error', 'no_rows', null, null]]],
    [
      'a missing column',
      'Employee ID,Period Start,Period End,Earning Code\n1,11/01/2026,11/30/2026,A\n',
      [
        ['error', 'column_missing', null, 'Amount'],
        ['error', 'nothing_to_pay', 1, 'Amount'],
      ],
    ],
    ['a column twice', `${header},Amount\n${good},5\n`, [['error', 'column_repeated', null, 'Amount']]],
    ['a column of its own', `${header},Extra\n${good},5\n`, [['warning', 'column_unknown', null, null]]],
    ['a row that is too short', `${header}\n1,11/01/2026\n`, [['error', 'columns_differ', 1, null]]],
    [
      'a date of another form',
      `${header}\n1,2026-11-01,11/30/2026,A,5\n`,
      [['error', 'not_a_date', 1, 'Period Start']],
    ],
    [
      'a day that does not exist',
      `${header}\n1,02/30/2026,11/30/2026,A,5\n`,
      [['error', 'not_a_date', 1, 'Period Start']],
    ],
    [
      'an amount with the other decimal mark',
      `${header}\n1,11/01/2026,11/30/2026,A,"5,00"\n`,
      [['error', 'not_a_number', 1, 'Amount']],
    ],
    [
      'an amount with three decimals',
      `${header}\n1,11/01/2026,11/30/2026,A,5.001\n`,
      [['error', 'not_a_number', 1, 'Amount']],
    ],
    [
      'a required value that is missing',
      `${header}\n${good}\n,11/01/2026,11/30/2026,A,5\n`,
      [['error', 'value_missing', 2, 'Employee ID']],
    ],
    [
      'a value of the wrong form',
      `${header}\n${'9'.repeat(31)},11/01/2026,11/30/2026,A,5\n`,
      [['error', 'value_wrong', 1, 'Employee ID']],
    ],
    [
      'a period that runs backwards',
      `${header}\n1,11/30/2026,11/01/2026,A,5\n`,
      [['error', 'ends_before_it_begins', 1, 'Period End']],
    ],
    ['a row twice', `${header}\n${good}\n${good}\n`, [['warning', 'row_repeated', 2, 'Earning Code']]],
    ['a quote that does not end', `${header}\n"1,11/01/2026\n`, [['error', 'not_csv', null, null]]],
  ])('finds %s', (_, content, expected) => {
    expect(problems(content)).toEqual(expected);
  });

  it('finds bytes of another encoding', () => {
    expect(problems(Buffer.from([0xff, 0xfe, 0x41, 0x00]))).toEqual([['error', 'encoding', null, null]]);
  });

  it('never repeats a value, even of a file that is no CSV', () => {
    const found = readPayroll(
      Buffer.from(`${header}\nSECRET,SECRET,SECRET,SECRET,SECRET\nSECRET"\n"SECRET`),
      layout,
    );
    expect(found.findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(found.findings)).not.toContain('SECRET');
  });
});

describe('writing a CSV file', () => {
  const row = samplePayroll(at)[0];
  const issuesOf = (rows: unknown[], layout: CsvLayout) => {
    try {
      writePayroll(rows, layout);
    } catch (error) {
      if (error instanceof FileInputError)
        return error.issues.map(({ item, field, code }) => [item, field, code]);
      throw error;
    }
    return [];
  };

  it.each<[string, unknown, unknown[]]>([
    ['a shape that is wrong', { ...row, amount: '5' }, [[1, 'amount', 'invalid_format']]],
    ['two lines in a text', { ...row, note: 'a\nb' }, [[1, 'note', 'invalid_format']]],
    ['a rule that is broken', { ...row, quantity: undefined }, [[1, 'amount', 'nothing_to_pay']]],
    ['a character that the encoding lacks', { ...row, note: 'Łódź' }, [[1, 'note', 'character_not_allowed']]],
    ['no row at all', null, [[1, '', 'invalid_type']]],
  ])('refuses %s by row and field', (_, wrong, expected) => {
    expect(issuesOf([wrong], frenchPayrollLayout)).toEqual(expected);
  });

  it.each<[string, Partial<CsvLayout>]>([
    ['a field that these rows do not have', { columns: [{ field: 'ssn', header: 'SSN' }] }],
    ['a field like a built-in name', { columns: [{ field: 'constructor', header: 'x' }] }],
    [
      'a field twice',
      {
        columns: [
          { field: 'code', header: 'a' },
          { field: 'code', header: 'b' },
        ],
      },
    ],
    [
      'a heading twice',
      {
        columns: [
          { field: 'code', header: 'a' },
          { field: 'label', header: 'A ' },
        ],
      },
    ],
    ['commas for both columns and decimals', { decimalMark: ',' }],
  ])('refuses a layout with %s', (_, change) => {
    expect(issuesOf([row], { ...payrollLayout, ...change })).toEqual([[null, 'layout', 'layout']]);
  });

  it('encodes every letter of Windows-1252', () => {
    const bytes = Uint8Array.from({ length: 224 }, (_, i) => i + 32);
    const letters = decode(bytes, 'windows-1252') ?? '';
    expect([...encode(letters, 'windows-1252')]).toEqual([...bytes]);
    // From the code page, not from our own table.
    expect([...encode('€Œœ™Žÿ¿’', 'windows-1252')]).toEqual([0x80, 0x8c, 0x9c, 0x99, 0x8e, 0xff, 0xbf, 0x92]);
  });
});

describe('checking contributions', () => {
  const [base] = sampleContributions(at);
  const found = (change: Partial<ContributionRow>) =>
    readContributions401k(
      writeContributions401k([{ ...base, ...change }], { ...censusLayout, columns: allColumns }),
      { ...censusLayout, columns: allColumns },
    ).findings.map(({ code }) => code);
  const allColumns = Object.keys(contributionKind.fields).map((field) => ({ field, header: field }));

  it.each<[string, Partial<ContributionRow>, string]>([
    ['an SSN that cannot be', { ssn: '666123456' }, 'ssn_never_issued'],
    ['a negative amount', { preTax: '-1.00' }, 'amount_negative'],
    ['a loan without its number', { loanPayment: '10.00' }, 'loan_number_missing'],
    ['more deferred than paid', { preTax: '9999.00' }, 'more_than_pay'],
  ])('warns of %s', (_, change, code) => {
    expect(found(change)).toEqual([code]);
  });

  it.each<[string, Partial<ContributionRow>, string]>([
    ['nobody', { ssn: undefined, employeeNumber: undefined }, 'nobody_named'],
    ['amounts without a pay date', { payDate: undefined }, 'pay_date_missing'],
    ['a hire before the birth', { hireDate: '1980-01-01' }, 'hired_before_birth'],
    ['an end before the hire', { terminationDate: '2010-01-01' }, 'ends_before_it_begins'],
  ])('refuses %s', (_, change, code) => {
    expect(() => found(change)).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ code })] }),
    );
  });
});
