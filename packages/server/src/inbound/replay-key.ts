import { genericProvider } from '@trunkline/contract/inbound';
import { textAt } from '../providers/adapters/adapter.ts';
import type { InboundScheme } from '../providers/provider.ts';
import { digestOfSigned } from './check-signature.ts';
import { jsonBody } from './json-body.ts';
import type { InboundRequest } from './types.ts';

/** Ids stand near the beginning of small bodies; in a larger one the digest does as well. */
const readable = 262_144;

/**
 * What recognizes a repetition of an authentic webhook: the ids that are part of what was signed. An id in a header that
 * nothing signs does not count, or a webhook that somebody has overheard could be sent again under another one; where
 * nothing at all is signed, it counts. Null: a digest of the body decides.
 */
export function replayKeyOf(scheme: InboundScheme, request: InboundRequest): string | null {
  const places = scheme.replayId?.split(' + ') ?? [];
  const headers = places.map((place) => request.headers[place.toLowerCase()]);
  if (places.length > 0 && headers.every((text) => text !== undefined && text !== '') && mayCount(scheme))
    return headers.join(' ');
  if (places.length > 0 && places.every((place) => /^[a-z_]\w*(\.[a-z_]\w*)*$/.test(place))) {
    const content = jsonBody(request.body, readable);
    const ids = places.map((place) => textAt(content, ...place.split('.')));
    if (ids.every((id) => id !== undefined && id !== '')) return ids.join(' ');
  }
  return scheme.timestampHeader === undefined ? null : digestOfSigned(scheme, request);
}

/** A generic source was told by a person that its header names a repetition. */
function mayCount({ scheme, algorithm }: InboundScheme): boolean {
  return scheme === genericProvider || algorithm === 'token' || algorithm === 'basic';
}
