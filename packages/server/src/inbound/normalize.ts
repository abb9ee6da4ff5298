import { createHash } from 'node:crypto';
import { genericProvider } from '@trunkline/contract/inbound';
import { textAt } from '../providers/adapters/adapter.ts';
import { received } from '../providers/adapters/inbound-parts.ts';
import type { Provider } from '../providers/provider.ts';
import { fitEvent } from './fit-event.ts';
import { parseBody } from './parse-body.ts';
import type { InboundRequest, NormalizeContext, Normalized } from './types.ts';

/** What is known of a webhook beside itself. */
export type KnownBeside = Partial<Pick<NormalizeContext, 'opened' | 'filesUrl' | 'values'>> & {
  /** The body, parsed already. */
  payload?: unknown;
};

const longestKind = 120;

/** Where senders name what happened, the more telling places first. */
const kindPlaces = ['event_type', 'eventType', 'type', 'event', 'topic', 'action', 'kind'];

/**
 * Parses a webhook that is authentic, and turns it into events. Null: it came in at a generic source. Reading the same
 * one again makes the same events with the same ids.
 *
 * @param at when it came in, in milliseconds since the epoch
 * @throws Unreadable
 */
export function normalizeInbound(
  provider: Provider | null,
  request: Pick<InboundRequest, 'headers' | 'body' | 'url'>,
  at: number,
  { payload = parseBody(request), ...beside }: KnownBeside = {},
): Normalized {
  const { headers, body, url } = request;
  const slug = provider?.slug ?? genericProvider;
  const fallbackId = createHash('sha256').update(`${at}\n`).update(body).digest('hex').slice(0, 32);
  const context: NormalizeContext = {
    provider: slug,
    headers,
    url,
    at,
    fallbackId,
    opened: { mail: null, files: [] },
    filesUrl: url,
    values: {},
    ...beside,
  };
  const normalize = provider?.inbound?.normalize ?? normalizeUnknown;
  const { kind: named, events, suppress, why } = normalize(payload, context);
  const kind = named === null ? null : named.slice(0, longestKind);
  return {
    kind,
    events: events.map((draft) => fitEvent(draft, slug, kind)),
    ...(suppress && { suppress }),
    ...(why && { why }),
  };
}

/** Of a provider without a reader of its own, or of a generic source. */
function normalizeUnknown(payload: unknown, context: NormalizeContext): Normalized {
  const kind = kindPlaces.map((place) => textAt(payload, place)).find((text) => text) ?? null;
  return { kind, events: [received(kind, payload, context)] };
}
