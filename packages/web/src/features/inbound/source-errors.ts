import type { ApiError } from '../../lib/api-error.ts';

/** Fields of a source's form by the first part of a pointer; those of a signature by their own name. */
const fields = new Set([
  'name',
  'key',
  'allowedAddresses',
  'perMinute',
  'header',
  'timestampHeader',
  'idHeader',
]);

/**
 * Splits the errors of a refused call: those that a field shows (`/allowedAddresses/0`, `/signature/header`) by its name,
 * and what no field shows; null when the fields show it all.
 */
export function sourceErrors(error: ApiError): { byField: Record<string, string>; rest: string | null } {
  const byField: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const [first = '', second = ''] = pointer.split('/').slice(1);
    const field = first === 'signature' ? second : first;
    if (fields.has(field)) byField[field] ??= detail;
    else others.push(detail);
  }
  if (others.length > 0) return { byField, rest: others.join(' ') };
  return { byField, rest: Object.keys(byField).length > 0 ? null : error.detail };
}
