import type { EventDraft, NormalizeContext } from '../../inbound/types.ts';
import { textAt } from './adapter.ts';
import { received, requireObject, required } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';
import { longestText } from './message-events.ts';
import type { MessageFile } from './message-events.ts';

/** A message that came in or a report about one that went out, as the fields of a form. */
export const normalizeTwilio: Normalize = (payload, context) => {
  const content = requireObject(payload);
  const at = (name: string) => textAt(content, name);
  const sid = at('MessageSid') ?? at('SmsSid');
  const status = at('MessageStatus') ?? at('SmsStatus');
  if (sid === undefined || status === undefined) {
    const call = at('CallSid') && `call.${at('CallStatus') ?? 'unknown'}`;
    const kind = call || at('Type') || at('type') || null;
    return { kind, events: [received(kind, content, context, [at('CallSid'), at('CallStatus')])] };
  }
  const event = messageEvent(sid, status, content, context);
  return { kind: status, events: [event ?? received(status, content, context, [sid, status])] };
};

/** Null: on its way, or another state that is no event of its own. */
function messageEvent(
  sid: string,
  status: string,
  content: Record<string, unknown>,
  { at: now }: NormalizeContext,
): EventDraft | null {
  const at = (name: string) => textAt(content, name);
  const time = new Date(now).toISOString();
  const channel =
    at('From')?.startsWith('whatsapp:') || at('To')?.startsWith('whatsapp:') ? 'whatsapp' : 'sms';
  const message = { id: sid, conversationId: null, channel };
  const id = `${sid} ${status}`;
  switch (status) {
    case 'received': {
      const from = {
        id: required(at('From'), 'From').replace('whatsapp:', ''),
        name: at('ProfileName') ?? null,
      };
      const text = (at('Body') ?? '').slice(0, longestText);
      const attachments = filesOf(content);
      return {
        type: 'message.received',
        data: { ...message, text, attachments, from, receivedAt: time },
        id,
      };
    }
    case 'delivered':
    case 'read':
      return { type: 'message.delivered', data: { ...message, deliveredAt: time }, id };
    case 'failed':
    case 'undelivered': {
      const errorCode = at('ErrorCode') ?? null;
      const reason =
        at('ErrorMessage') ?? `Twilio could not deliver it${errorCode ? ` (error ${errorCode})` : ''}.`;
      return { type: 'message.failed', data: { ...message, reason, errorCode, failedAt: time }, id };
    }
    default:
      return null;
  }
}

function filesOf(content: Record<string, unknown>): MessageFile[] {
  const count = Math.min(10, Number(textAt(content, 'NumMedia') ?? 0) || 0);
  return Array.from({ length: count }, (_, index) => ({
    name: `media-${index + 1}`,
    contentType: textAt(content, `MediaContentType${index}`) ?? 'application/octet-stream',
    bytes: null,
    url: textAt(content, `MediaUrl${index}`) ?? '',
  })).filter(({ url }) => url !== '');
}
