import type { FileFinding } from '@trunkline/contract/files';
import { AppError } from '../../errors.ts';
import { FileInputError } from '../../lib/files/input-error.ts';

/** More faults than these are not told at once. */
const most = 100;

/**
 * Runs a writer, and tells what it refuses as faults of the input. `list` is the pointer to the list of its items.
 *
 * @throws AppError `invalid_input`
 */
export function refusing<T>(list: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof FileInputError)) throw error;
    throw new AppError('invalid_input', error.message, {
      errors: error.issues.slice(0, most).map(({ item, field, message }) => ({
        pointer: item === null ? `/content/${escaped(field)}` : `${list}/${item - 1}/${escaped(field)}`,
        detail: message,
      })),
    });
  }
}

function escaped(field: string): string {
  return field.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('.', '/');
}

/** @throws AppError `invalid_input` when a table has findings that keep it from being taken */
export function refuseFindings(findings: readonly FileFinding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) return;
  throw new AppError('invalid_input', detailOf(first), {
    errors: errors.slice(0, most).map((one) => ({ pointer: '/content/table', detail: detailOf(one) })),
  });
}

function detailOf({ row, column, message }: FileFinding): string {
  const place = [...(row === null ? [] : [`Row ${row}`]), ...(column === null ? [] : [column])].join(', ');
  return place === '' ? message : `${place}: ${message}`;
}
