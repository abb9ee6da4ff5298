import type { ApiError } from './api-error.ts';

/** JSON pointer to the path of a Mantine form field: `/retry/maxRetries` → `retry.maxRetries`. */
export function fieldOfPointer(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

/** The part of a Mantine form that is used. */
export interface FormLike {
  setErrors: (errors: Record<string, string>) => void;
  getValues: () => object;
}

/**
 * Writes the field errors of a refused call into a form.
 * @param aliases pointer → field, where the form names a field differently from the operation.
 * @returns what no field can show (for a FormError above the buttons), null when the fields show it all.
 */
export function applyFormErrors(
  form: FormLike,
  error: ApiError,
  aliases: Record<string, string> = {},
): string | null {
  const values = form.getValues();
  const fields: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const path = aliases[pointer] ?? fieldOfPointer(pointer);
    const first = path.split('.')[0] ?? '';
    if (first in values) {
      // An item of a list has no field of its own: its message belongs to the list.
      const field = /^[^.]+\.\d+$/.test(path) ? first : path;
      fields[field] ??= detail;
    } else {
      others.push(detail);
    }
  }
  form.setErrors(fields);
  if (Object.keys(fields).length > 0 && others.length === 0) return null;
  return others.length > 0 ? others.join(' ') : error.detail;
}
