const base64urlPattern = /^[A-Za-z0-9_-]+$/;
const maxLength = 2000;

/** A cursor that was not made by `encodeCursor` or belongs to another list. */
export class InvalidCursorError extends Error {
  constructor() {
    super('Invalid cursor');
    this.name = 'InvalidCursorError';
  }
}

/**
 * Opaque text for the place in a list after the row with these sort values (keyset pagination). The values
 * are readable by whoever holds the cursor and not signed: treat decoded ones as input.
 */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The `count` sort values of a cursor. Throws InvalidCursorError. */
export function decodeCursor(text: string, count: number): (string | number)[] {
  if (text.length > maxLength || !base64urlPattern.test(text)) throw new InvalidCursorError();
  const values = parse(Buffer.from(text, 'base64url').toString());
  if (!Array.isArray(values) || values.length !== count || !values.every(isSortValue)) {
    throw new InvalidCursorError();
  }
  return values;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new InvalidCursorError();
  }
}

function isSortValue(value: unknown): value is string | number {
  // JSON can hold 1e999, which reads as Infinity.
  return typeof value === 'string' || Number.isFinite(value);
}
