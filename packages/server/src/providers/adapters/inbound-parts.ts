import { Unreadable } from '../../inbound/types.ts';
import { writeExact } from '../../lib/exact-json.ts';
import type { EventDraft, NormalizeContext, Normalized } from '../../inbound/types.ts';

/* What readers of inbound webhooks have in common. */

export type Normalize = (payload: unknown, context: NormalizeContext) => Normalized;

/** The event of whatever has none of its own. Without ids of the provider, the webhook itself is the id. */
export function received(
  kind: string | null,
  payload: unknown,
  context: NormalizeContext,
  ids: readonly (string | undefined)[] = [],
): EventDraft {
  const { provider } = context;
  return {
    type: 'inbound.received',
    data: { provider, kind, payload: asObject(payload) },
    id: idOf(ids, context),
  };
}

/** Ids of the provider as one; the webhook's own when one is missing. */
export function idOf(ids: readonly (string | undefined)[], { fallbackId }: NormalizeContext): string {
  return ids.length > 0 && ids.every((id) => id !== undefined && id !== '') ? ids.join(' ') : fallbackId;
}

/** A reader that names what happened and passes everything on. */
export function passingOn(
  kindOf: (payload: unknown, context: NormalizeContext) => string | undefined,
  idsOf: (payload: unknown, context: NormalizeContext) => readonly (string | undefined)[],
): Normalize {
  return (payload, context) => {
    requireObject(payload);
    const kind = kindOf(payload, context) ?? null;
    return { kind, events: [received(kind, payload, context, idsOf(payload, context))] };
  };
}

/** Events carry an object: a list stands in `items`, a text in `text`. */
function asObject(payload: unknown): Record<string, unknown> {
  if (Array.isArray(payload)) return { items: payload };
  if (typeof payload === 'object' && payload !== null) return payload as Record<string, unknown>;
  if (payload === null || payload === undefined) return {};
  return { text: typeof payload === 'string' ? payload : writeExact(payload) };
}

/** @throws Unreadable */
export function requireObject(payload: unknown): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new Unreadable('The body is no object.');
  return payload as Record<string, unknown>;
}

/** @throws Unreadable */
export function requireList(payload: unknown): Record<string, unknown>[] {
  if (!Array.isArray(payload)) throw new Unreadable('The body is no list.');
  return payload.map(requireObject);
}

/** @throws Unreadable */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new Unreadable(`It has no ${name}.`);
  return value;
}

/**
 * A time as events write it. Numbers are seconds since the epoch, or milliseconds where they are too large for that; what
 * is no time is when the webhook came in.
 */
export function timeOf(value: string | undefined, { at }: Pick<NormalizeContext, 'at'>): string {
  const number = /^\d+(\.\d+)?$/.test(value ?? '') ? Number(value) : null;
  const time = number === null ? Date.parse(value ?? '') : number > 1e11 ? number : number * 1000;
  const known = Number.isFinite(time) && Math.abs(time) < 8.64e15 && time > 0;
  return new Date(known ? Math.round(time) : at).toISOString();
}

/** The names of what happened in one webhook: each once, the first three. */
export function kindsOf(kinds: readonly (string | null | undefined)[]): string | null {
  const different = [...new Set(kinds.filter((kind): kind is string => !!kind))];
  if (different.length === 0) return null;
  return different.slice(0, 3).join(', ') + (different.length > 3 ? ', …' : '');
}
