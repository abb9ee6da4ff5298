const maxDepth = 64;

/**
 * JSON pointer to the first text in a JSON value that PostgreSQL cannot store (it has a NUL or half of a
 * surrogate pair), or to a value nested more than 64 deep; null when there is none.
 */
export function findUnstorable(value: unknown, pointer = '', depth = 0): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : pointer;
  if (typeof value !== 'object' || value === null) return null;
  if (depth === maxDepth) return pointer;
  for (const [key, member] of Object.entries(value)) {
    if (!isStorable(key)) return pointer;
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const found = findUnstorable(member, place, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}
