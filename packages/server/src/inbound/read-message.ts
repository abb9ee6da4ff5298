import { findProvider } from '../providers/all-providers.ts';
import { normalizeInbound } from './normalize.ts';
import { Unreadable } from './types.ts';
import type { SuppressionDraft } from './types.ts';

/** A stored webhook, as whoever reads it needs it. */
export interface StoredMessage {
  sourceId: string;
  /** Slug of the provider, or `generic`. */
  provider: string;
  headers: Readonly<Record<string, string>>;
  url: string;
  body: Buffer;
  /** When it came in, in milliseconds since the epoch. */
  at: number;
}

/** An event whose data are text already, so that they pass from one thread to another without being built anew. */
export interface ReadEvent {
  type: string;
  id: string;
  subject: string | null;
  /** As JSON. */
  data: string;
}

export interface ReadMessage {
  kind: string | null;
  events: ReadEvent[];
  suppress: SuppressionDraft[];
}

/** Parses a webhook and says what it means. @throws Unreadable */
export function readMessage({ provider, sourceId, at, ...request }: StoredMessage): ReadMessage {
  const { kind, events, suppress = [] } = normalizeInbound(findProvider(provider) ?? null, request, at);
  try {
    return {
      kind,
      suppress,
      events: events.map(({ type, id, subject = null, data }) => ({
        type,
        id,
        subject,
        data: JSON.stringify(type === 'inbound.received' ? { ...data, sourceId } : data),
      })),
    };
  } catch (error) {
    // The parser takes any depth, writing does not.
    if (error instanceof RangeError) throw new Unreadable('It is nested too deep.');
    throw error;
  }
}
