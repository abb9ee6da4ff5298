import { Unreadable } from '../../inbound/types.ts';
import { textAt } from './adapter.ts';

/** The JSON inside a message of SNS and its id. @throws Unreadable */
export function snsMessage(payload: unknown): { id: string | undefined; content: unknown } {
  const message = textAt(payload, 'Message');
  if (message === undefined) throw new Unreadable('It is no message of SNS.');
  const id = textAt(payload, 'MessageId');
  try {
    return { id, content: JSON.parse(message) as unknown };
  } catch {
    // Amazon itself writes plain sentences at times, such as when a topic is set up.
    return { id, content: { text: message } };
  }
}
