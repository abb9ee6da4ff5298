import type { EventDraft } from '../../inbound/types.ts';
import { addressOf } from './mail-events.ts';
import { longestText } from './message-events.ts';

/** A mail that came in, as an event. Its sender is whoever it says, which no provider proves. */
export function mailReceived(mail: {
  id: string;
  from: string;
  text: string;
  receivedAt: string;
}): EventDraft {
  const address = addressOf(mail.from);
  const name = mail.from
    .replace(/<[^<>]*>\s*$/, '')
    .replaceAll('"', '')
    .trim();
  return {
    type: 'message.received',
    data: {
      id: mail.id,
      conversationId: null,
      channel: 'email',
      text: mail.text.slice(0, longestText),
      from: { id: address, name: name === '' || name === address ? null : name },
      receivedAt: mail.receivedAt,
    },
    id: mail.id,
  };
}
