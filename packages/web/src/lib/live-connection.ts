import { liveTopics } from '@trunkline/contract/live';
import type { LiveMessage } from '@trunkline/contract/live';

export type ConnectionStatus = 'connecting' | 'live' | 'reconnecting';

/** The part of EventSource that is used, so that tests can stand in for it. */
export interface EventSourceLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent<string>) => void) | null;
  onerror: ((event: Event) => void) | null;
  close: () => void;
}

export interface ConnectionOptions {
  open: () => EventSourceLike;
  onMessage: (message: LiveMessage) => void;
  onStatus: (status: ConnectionStatus) => void;
  /** 0 ≤ n < 1, spreads the reconnections of many browsers. */
  random?: () => number;
}

/** Delay before attempt n (from 0), in ms: 1, 2, 4 … 30 s, spread over 75–125 %. */
export function reconnectDelay(attempt: number, random: number): number {
  return Math.min(30_000, 1000 * 2 ** attempt) * (0.75 + random / 2);
}

/** The message of an event, null for a topic that this version does not know. */
function parse(text: string): LiveMessage | null {
  try {
    const message = JSON.parse(text) as LiveMessage;
    return liveTopics.includes(message.topic) && typeof message.at === 'string' ? message : null;
  } catch {
    return null;
  }
}

/**
 * Keeps one EventSource open and opens it again after a loss, waiting longer each time. EventSource's own
 * reconnection is not used: it gives up for good after an HTTP error.
 * @returns a function that closes it.
 */
export function connect({ open, onMessage, onStatus, random = Math.random }: ConnectionOptions): () => void {
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSourceLike | null = null;

  function attach(): void {
    const current = open();
    source = current;
    current.onopen = () => {
      attempt = 0;
      onStatus('live');
    };
    current.onmessage = (event) => {
      const message = parse(event.data);
      if (message) onMessage(message);
    };
    current.onerror = () => {
      current.close();
      onStatus('reconnecting');
      timer = setTimeout(attach, reconnectDelay(attempt, random()));
      attempt += 1;
    };
  }

  onStatus('connecting');
  attach();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
