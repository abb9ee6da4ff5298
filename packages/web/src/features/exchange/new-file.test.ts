import { createExchangeFile } from '@trunkline/contract/exchange';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../lib/api-error.ts';
import { emptyFile, fileErrors, readNewFile } from './new-file.ts';
import type { NewFile, WrittenKind } from './new-file.ts';
import { sampleRows } from './sample-rows.ts';

const parties = { sponsorName: 'Acme', sponsorTaxId: '1234', payerName: 'Carrier', payerTaxId: '5678' };

function read(kind: WrittenKind, change: Partial<NewFile>) {
  return readNewFile({ ...emptyFile(kind), ...change });
}

describe('a new file', () => {
  it('wants rows, and who an enrollment is from and to', () => {
    expect(Object.keys(read('enrollment', {}).errors)).toEqual([
      'sponsorName',
      'sponsorTaxId',
      'payerName',
      'payerTaxId',
      'rows',
    ]);
    expect(read('payroll', { rows: ' ' }).errors).toEqual({
      rows: 'Paste rows, choose a file, or use the sample',
    });
  });

  it('takes JSON as rows and anything else as a table', () => {
    expect(read('payroll', { rows: ' [{"code":"REG"}]' }).content).toEqual({
      kind: 'payroll',
      rows: [{ code: 'REG' }],
    });
    expect(read('payroll', { rows: '{"code":"REG"}' }).content).toMatchObject({ rows: [{ code: 'REG' }] });
    expect(read('payroll', { rows: 'Employee ID,Hours\n1,2' }).content).toEqual({
      kind: 'payroll',
      table: 'Employee ID,Hours\n1,2',
    });
    expect(read('payroll', { rows: '[{' }).errors.rows).toContain('cannot be read as JSON');
  });

  it('leaves out what is not said', () => {
    expect(read('enrollment', { ...parties, rows: 'a,b' }).content).toEqual({
      kind: 'enrollment',
      sponsor: { name: 'Acme', taxId: '1234' },
      payer: { name: 'Carrier', taxId: '5678' },
      accents: 'refuse',
      table: 'a,b',
    });
    expect(read('census', { sample: true }).content).toEqual({ kind: 'sample', of: 'census' });
  });

  it.each(['enrollment', 'contributions', 'census', 'payroll'] as const)(
    'offers sample rows of %s that the server takes',
    (kind) => {
      const { content } = read(kind, { ...parties, rows: sampleRows(kind, '2026-12-01') });
      const parsed = createExchangeFile.input.safeParse({
        integrationId: '019ac000-0000-7000-8000-000000000001',
        content,
      });
      expect(parsed.error?.issues ?? []).toEqual([]);
    },
  );

  it('puts refusals where they belong', () => {
    const refused = new ApiError({
      code: 'invalid_input',
      detail: 'No.',
      requestId: null,
      errors: [
        { pointer: '/content/members/1/address/state', detail: 'Two capital letters' },
        { pointer: '/content/table', detail: 'Row 3, Hours: not a number' },
        { pointer: '/content/sponsor/taxId', detail: 'Too short' },
        { pointer: '/content/kind', detail: 'It takes no file of this kind.' },
      ],
    });
    expect(fileErrors(refused)).toEqual({
      byField: { sponsorTaxId: 'Too short' },
      rows: ['Row 2, address.state: Two capital letters', 'Row 3, Hours: not a number'],
      rest: 'It takes no file of this kind.',
    });
  });
});
