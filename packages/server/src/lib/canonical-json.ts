/** Deeper values are refused, so that a cycle ends in an error of its own. */
const maxDepth = 200;

/**
 * JSON in which equal values give equal text: no white space, keys in the order of their UTF-16 code units,
 * numbers and strings as `JSON.stringify` writes them (RFC 8785). As there, undefined properties are left out
 * and `toJSON` is respected, so dates are their ISO text. Unlike there, lone surrogates are not refused but
 * escaped. Throws TypeError for what JSON cannot hold: undefined elsewhere, functions, symbols, bigints, NaN,
 * infinities, and values nested more than 200 deep or in a cycle.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '', 0);
}

function write(given: unknown, key: string, depth: number): string {
  const value = plain(given, key);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JSON has no NaN and no infinities');
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') throw new TypeError(`JSON cannot hold a ${typeof value}`);
  if (depth === maxDepth) throw new TypeError('The value is nested too deep');
  // Array.from visits holes too, which are refused like undefined.
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => write(item, String(i), depth + 1)).join(',')}]`;
  }
  const members: string[] = [];
  for (const [name, member] of Object.entries(value).sort(byName)) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${write(member, name, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function plain(value: unknown, key: string): unknown {
  const isConvertible = typeof value === 'object' && value !== null && 'toJSON' in value;
  return isConvertible && typeof value.toJSON === 'function' ? value.toJSON(key) : value;
}
