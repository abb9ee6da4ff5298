import type { InboundSwitchDefinition } from '../../inbound/types.ts';

/** The longest text of a message that an event carries, in characters. */
export const longestText = 60_000;

/** The switches of providers that carry messages to and from people. */
export const messageSwitches: readonly InboundSwitchDefinition[] = [
  { eventType: 'message.received', label: 'Messages received' },
  { eventType: 'message.delivered', label: 'Messages delivered' },
  { eventType: 'message.failed', label: 'Messages that failed' },
];

/** A file that came with a message. */
export interface MessageFile {
  name: string;
  contentType: string;
  bytes: number | null;
  url: string;
}
