import { parseBody } from '../../inbound/parse-body.ts';
import { plainBody } from '../../inbound/plain-body.ts';
import type { InboundRequest, MailPlace } from '../../inbound/types.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { Unreadable } from '../../inbound/types.ts';

/** A notice of a mail has no mail in it, and is small. */
const largestNotice = 1_048_576;

/** Where the mail lies of which a stored webhook only tells; null: it tells of none, or brings it. */
export function mailPlaceOf({
  provider,
  headers,
  body,
}: Pick<InboundRequest, 'headers' | 'body'> & { provider: string }): MailPlace | null {
  const find = findProvider(provider)?.inbound?.mailElsewhere;
  if (find === undefined || body.length > largestNotice) return null;
  try {
    return find(parseBody({ headers, body: plainBody({ headers, body }) }));
  } catch (error) {
    // Whoever reads it says so.
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
