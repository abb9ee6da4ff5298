import { findProvider } from '../providers/all-providers.ts';
import { writeExact } from '../lib/exact-json.ts';
import { normalizeInbound } from './normalize.ts';
import { parseBody } from './parse-body.ts';
import { plainBody } from './plain-body.ts';
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
  /** Where its files are fetched; the number of one stands behind it. */
  filesUrl: string;
  /** Of the integration, those that the scheme reads with. */
  values: Readonly<Record<string, string>>;
  /** The mail as it was sent, where the webhook only tells of it and it could be fetched. */
  mail?: Buffer | null;
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
  /** Why nothing was made of it; null where it needs no words. */
  why: string | null;
}

/** Parses a webhook and says what it means. @throws Unreadable */
export async function readMessage(message: StoredMessage): Promise<ReadMessage> {
  const { provider: slug, sourceId, at, filesUrl, values, headers, url } = message;
  const request = { headers, url, body: plainBody(message) };
  const provider = findProvider(slug) ?? null;
  const payload = parseBody(request);
  const opened = await provider?.inbound?.open?.(payload, request, message.mail);
  const beside = { payload, filesUrl, values, ...(opened && { opened }) };
  const { kind, events, suppress = [], why = null } = normalizeInbound(provider, request, at, beside);
  try {
    return {
      kind,
      suppress,
      why,
      events: events.map(({ type, id, subject = null, data }) => ({
        type,
        id,
        subject,
        data: writeExact(type === 'inbound.received' ? { ...data, sourceId } : data),
      })),
    };
  } catch (error) {
    // The parser takes any depth, writing does not.
    if (error instanceof RangeError) throw new Unreadable('It is nested too deep.');
    throw error;
  }
}
