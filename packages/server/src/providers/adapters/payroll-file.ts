import { PayrollRow } from '@trunkline/contract/files';
import type { CsvLayout } from '@trunkline/contract/files';
import { FileInputError } from '../../lib/files/input-error.ts';
import { writePayroll } from '../../lib/files/payroll.ts';
import type { Adapters } from './adapter.ts';

/**
 * Payrolls that take a file: the rows in the layout of the integration, or in `usual` until somebody has changed it.
 * Nothing is sent; who asked for it carries the file on.
 */
export function payrollFileAdapters(usual: CsvLayout): Adapters {
  return {
    'payroll.export': {
      repeatable: true,
      duplicates:
        'A CSV file in the layout of the integration is written into the result, and nothing is sent: whoever uploads it twice hands it over twice.',
      async run({ periodStart, periodEnd, entries }, io) {
        const layout = (await io.layout('payroll')) ?? usual;
        const rows = entries.map((entry) => PayrollRow.parse({ ...entry, periodStart, periodEnd }));
        try {
          const content = writePayroll(rows, layout);
          return {
            state: 'file',
            exportId: null,
            entries: rows.length,
            file: {
              name: `payroll_${periodStart}_${periodEnd}.csv`,
              contentType: 'text/csv',
              content: content.toString('base64'),
            },
          };
        } catch (error) {
          if (error instanceof FileInputError) throw io.failure(error.message, 400);
          throw error;
        }
      },
    },
  };
}
