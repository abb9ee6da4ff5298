import type { ApiError } from '../../lib/api-error.ts';

/** Origins of a text, one a line or with commas between them. */
export function readOriginList(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What is wrong with a list of origins, and with which of them. */
export function originProblem({ detail, errors }: ApiError, listed: readonly string[]): string {
  const [first] = errors;
  const at = /^\/origins\/(\d+)$/.exec(first?.pointer ?? '')?.[1];
  const origin = at === undefined ? undefined : listed[Number(at)];
  return first && origin !== undefined ? `${origin}: ${first.detail}` : (first?.detail ?? detail);
}
