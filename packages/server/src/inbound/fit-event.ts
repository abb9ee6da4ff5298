import { maxEventBytes } from '@trunkline/contract/events';
import { writeExact } from '../lib/exact-json.ts';
import type { EventDraft } from './types.ts';

const maxDepth = 60;
/** Room for the rest of the envelope. */
const largest = maxEventBytes - 4096;

/**
 * An event as it can be stored: characters that PostgreSQL does not keep are replaced, and what is too large or too deeply
 * nested for an event is left out; it can be read at the webhook itself.
 */
export function fitEvent(draft: EventDraft, provider: string, kind: string | null): EventDraft {
  const data = storable(draft.data, 0) as Record<string, unknown> | typeof tooDeep;
  if (data !== tooDeep && Buffer.byteLength(writeExact(data)) <= largest) return { ...draft, data };
  return {
    ...draft,
    type: 'inbound.received',
    data: { provider, kind: storableText(kind ?? '') || null, payload: null },
  };
}

const tooDeep = Symbol('too deep');

function storable(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return tooDeep;
  const entries = Object.entries(value).map(
    ([name, member]) => [storableText(name), storable(member, depth + 1)] as const,
  );
  if (entries.some(([, member]) => member === tooDeep)) return tooDeep;
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

/** NUL, and halves of surrogate pairs. */
function storableText(text: string): string {
  return text.replaceAll(/[\0\p{Cs}]/gu, '\uFFFD');
}
