/*
 * JSON whose whole numbers stay what they are. A number of JavaScript is exact up to 2^53; ids of other systems are often
 * longer, and read and written again 9007199254740993 would be another one. RFC 8259, section 6, leaves both open.
 */

/** Where a long whole number may stand. Digits of a text match after a space or a comma only, and just cost time there. */
const longNumber = /(?:^|[:[,\s])-?\d{16,}(?:$|[,\]}\s])/;
const token = /"[^"\\]*(?:\\[^][^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const wholeNumber = /^-?\d{16,}$/;

/**
 * A JSON text as its value, as `JSON.parse` has it, but that whole numbers beyond 2^53 are of type `bigint`.
 *
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return longNumber.test(text) ? build(text) : value;
}

/** A value as JSON, with its `bigint` as they are. @throws RangeError when it is nested too deep */
export function writeExact(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Only a bigint cannot be written; looking for one beforehand would cost something every time.
    if (!(error instanceof TypeError)) throw error;
    return write(value);
  }
}

/** A value with its `bigint` as texts of their digits, for whoever can only take JSON as everybody reads it. */
export function withoutBigInts(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutBigInts);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutBigInts(member)]));
}

/** The value of a text that is known to be JSON. Without recursion, as `JSON.parse` takes any depth. */
function build(text: string): unknown {
  const root: unknown[] = [];
  const open: { into: unknown[] | Record<string, unknown>; key: string | null }[] = [
    { into: root, key: null },
  ];
  for (const [part] of text.matchAll(token)) {
    const inner = open.at(-1)!;
    if (part === ',' || part === ':') continue;
    if (part === '}' || part === ']') {
      open.pop();
      continue;
    }
    if (!Array.isArray(inner.into) && inner.key === null) {
      inner.key = JSON.parse(part) as string;
      continue;
    }
    const value: unknown = part === '{' ? {} : part === '[' ? [] : scalar(part);
    put(inner.into, inner.key, value);
    inner.key = null;
    if (part === '{' || part === '[') open.push({ into: value as Record<string, unknown>, key: null });
  }
  return root[0];
}

function scalar(part: string): unknown {
  if (!wholeNumber.test(part)) return JSON.parse(part);
  const number = Number(part);
  return Number.isSafeInteger(number) ? number : BigInt(part);
}

function put(into: unknown[] | Record<string, unknown>, key: string | null, value: unknown): void {
  if (Array.isArray(into)) into.push(value);
  // As JSON.parse does it: a member of this name is nothing but a member.
  else if (key === '__proto__')
    Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
  else into[key!] = value;
}

function write(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}
