import { Unreadable } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';
import { kindsOf, received, requireObject } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';

/** A list of notices, passed on without the text that proves them. */
export const normalizeMicrosoft: Normalize = (payload, context) => {
  const notices = listAt(payload, 'value').map(requireObject);
  if (notices.length === 0) throw new Unreadable('It has no notices.');
  const kinds = notices.map(
    (notice) => textAt(notice, 'changeType') ?? textAt(notice, 'lifecycleEvent') ?? null,
  );
  return {
    kind: kindsOf(kinds),
    events: notices.map(({ clientState: _secret, ...notice }, index) => {
      const id = textAt(notice, 'id') ?? `${context.fallbackId} ${index}`;
      return received(kinds[index] ?? null, notice, context, [id]);
    }),
  };
};
