import { listAt, textAt } from './adapter.ts';
import { kindsOf, received } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { snsMessage } from './sns-message.ts';

/** Notices of a bucket inside a message of SNS. */
export const normalizeAwsS3: Normalize = (payload, context) => {
  const { id, content } = snsMessage(payload);
  const kind = kindsOf(listAt(content, 'Records').map((record) => textAt(record, 'eventName')));
  return { kind, events: [received(kind, content, context, [id])] };
};
