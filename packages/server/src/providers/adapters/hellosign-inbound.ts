import { Unreadable } from '../../inbound/types.ts';
import { textAt } from './adapter.ts';
import { received, requireObject } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';

/** JSON in the field `json` of a form, named by its event: `signature_request_all_signed`. */
export const normalizeHellosign: Normalize = (payload, context) => {
  let content: Record<string, unknown>;
  try {
    content = requireObject(JSON.parse(textAt(payload, 'json') ?? ''));
  } catch {
    throw new Unreadable('The field json holds no JSON.');
  }
  const kind = textAt(content, 'event', 'event_type') ?? null;
  const ids = [
    textAt(content, 'event', 'event_hash'),
    textAt(content, 'signature_request', 'signature_request_id'),
  ];
  return { kind, events: [received(kind, content, context, ids)] };
};
