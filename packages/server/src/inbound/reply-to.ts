import type { InboundScheme } from '../providers/provider.ts';
import type { InboundReply } from './types.ts';

const taken: InboundReply = { status: 200, contentType: null, body: '' };

const soapAck =
  '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>';

/** Senders that want to read more than a 200. */
const replies: Readonly<Record<string, InboundReply>> = {
  'discord-ed25519': { status: 204, contentType: null, body: '' },
  'dropbox-sign-event-hash': { status: 200, contentType: 'text/plain', body: 'Hello API Event Received' },
  'lucca-hmac': { status: 202, contentType: null, body: '' },
  'microsoft-graph-change-notification': { status: 202, contentType: null, body: '' },
  'salesforce-outbound-message': { status: 200, contentType: 'text/xml', body: soapAck },
  // No answer to a text message, and nothing to do in a call.
  'twilio-hmac-sha1': {
    status: 200,
    contentType: 'text/xml',
    body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
  },
};

/** What the sender is answered once its webhook is stored. */
export function replyTo({ scheme }: InboundScheme): InboundReply {
  return replies[scheme] ?? taken;
}
