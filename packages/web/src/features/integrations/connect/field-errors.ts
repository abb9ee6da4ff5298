import type { ApiError } from '../../../lib/api-error.ts';

/**
 * Splits the errors of a refused call: those of credential fields (`/values/apiKey`) by their key, and what no field
 * shows; null when the fields show it all.
 */
export function fieldErrors(error: ApiError): { byField: Record<string, string>; rest: string | null } {
  const byField: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const key = /^\/values\/([^/]+)$/.exec(pointer)?.[1];
    if (key === undefined) others.push(detail);
    else byField[key.replaceAll('~1', '/').replaceAll('~0', '~')] ??= detail;
  }
  if (others.length > 0) return { byField, rest: others.join(' ') };
  return { byField, rest: Object.keys(byField).length > 0 ? null : error.detail };
}
