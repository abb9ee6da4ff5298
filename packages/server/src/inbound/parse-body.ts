import { parseExact } from '../lib/exact-json.ts';
import { formBody } from './form-body.ts';
import { Unreadable } from './types.ts';
import type { InboundRequest } from './types.ts';

/**
 * A body as what it is: JSON, one JSON value a line, the fields of a form by name, or text. Null: it is empty.
 *
 * @throws Unreadable when it says or looks as if it were JSON and is none
 */
export function parseBody({ headers, body }: Pick<InboundRequest, 'headers' | 'body'>): unknown {
  const contentType = headers['content-type'] ?? '';
  const form = formBody(contentType, body);
  if (form) return fieldsByName(form);
  const text = body.toString().trim();
  if (text === '') return null;
  try {
    return parseExact(text);
  } catch {
    const lines = jsonLines(text);
    if (lines) return lines;
  }
  if (/\bjson\b/i.test(contentType) || /^[[{]/.test(text)) throw new Unreadable('The body is no JSON.');
  return { text };
}

/** A field that came several times is a list. */
function fieldsByName(fields: readonly (readonly [string, string])[]): Record<string, unknown> {
  const byName = new Map<string, string[]>();
  for (const [name, value] of fields) byName.set(name, [...(byName.get(name) ?? []), value]);
  return Object.fromEntries(
    [...byName].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

function jsonLines(text: string): unknown[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2) return null;
  try {
    return lines.map(parseExact);
  } catch {
    return null;
  }
}
