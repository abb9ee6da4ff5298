import { textAt } from './adapter.ts';
import { kindsOf, received, requireList } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';

/** A list of changes, which name ids and hold no records. */
export const normalizeHubspot: Normalize = (payload, context) => {
  const changes = requireList(payload);
  const kinds = changes.map((change) => textAt(change, 'subscriptionType') ?? null);
  return {
    kind: kindsOf(kinds),
    events: changes.map((change, index) => {
      const ids = ['eventId', 'subscriptionId', 'objectId', 'occurredAt'].map((name) => textAt(change, name));
      const given = ids.every((id) => id !== undefined) ? ids : [context.fallbackId, String(index)];
      return received(kinds[index] ?? null, change, context, given);
    }),
  };
};
