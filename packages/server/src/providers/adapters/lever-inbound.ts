import { textAt } from './adapter.ts';
import { received, requireObject } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';

/** One event, passed on without what signs it. */
export const normalizeLever: Normalize = (payload, context) => {
  const { signature: _signature, token, ...content } = requireObject(payload);
  const kind = textAt(content, 'event') ?? null;
  return { kind, events: [received(kind, content, context, [textAt({ token }, 'token')])] };
};
