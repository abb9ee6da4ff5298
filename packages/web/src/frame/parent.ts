/** How a page wants its frame to look. */
export interface Look {
  scheme: 'light' | 'dark' | 'auto';
  /** `#rrggbb`; null: the accent of the application. */
  accent: string | null;
}

/** What a page tells its frame. */
export type FromPage =
  | { type: 'open'; token: string; look: Look; part: 'integrations' | 'webhooks' | null }
  | { type: 'look'; look: Look }
  | { type: 'view'; top: number; height: number };

/** What a frame tells its page. Nothing in it is secret. */
export type ToPage =
  | { type: 'ready' }
  | { type: 'opened'; secondsLeft: number }
  | { type: 'expiring'; secondsLeft: number }
  | { type: 'ended'; reason: 'expired' | 'over' | 'refused'; detail: string }
  | { type: 'height'; height: number };

/** Marks our messages among others that pages send each other. */
const mark = 'trunkline-portal-1';

function readLook(value: unknown): Look {
  const { scheme, accent } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Look>;
  return {
    scheme: scheme === 'light' || scheme === 'dark' ? scheme : 'auto',
    accent: typeof accent === 'string' && /^#[0-9a-f]{6}$/i.test(accent) ? accent : null,
  };
}

/** A message of the page; null for whatever else arrives. */
export function readMessage(data: unknown): FromPage | null {
  if (typeof data !== 'object' || data === null) return null;
  const message = data as Record<string, unknown>;
  if (message['mark'] !== mark) return null;
  const { type, token, part, top, height } = message;
  if (type === 'open' && typeof token === 'string') {
    const wanted = part === 'integrations' || part === 'webhooks' ? part : null;
    return { type, token, look: readLook(message['look']), part: wanted };
  }
  if (type === 'look') return { type, look: readLook(message['look']) };
  if (type === 'view' && Number.isFinite(top) && Number.isFinite(height)) {
    return { type, top: Number(top), height: Number(height) };
  }
  return null;
}

export interface Parent {
  /** Goes to the page that has opened this frame; before that only `ready` goes out, to whoever is around it. */
  send: (message: ToPage) => void;
  /** The origin whose token was taken; from then on no other is listened to. */
  trust: (origin: string) => void;
  close: () => void;
}

/**
 * Speaks with the page around this frame. Only the direct parent is listened to. The browser has let only pages of origins that
 * are allowed put this frame in; the first whose token works is the one, and hears of everything else.
 */
export function connectParent(
  onMessage: (message: FromPage, origin: string) => void,
  own: Pick<Window, 'parent' | 'addEventListener' | 'removeEventListener'> = window,
): Parent {
  let trusted: string | null = null;
  const listen = (event: MessageEvent<unknown>): void => {
    if (event.source !== own.parent || event.source === (own as unknown)) return;
    if (trusted !== null && event.origin !== trusted) return;
    const message = readMessage(event.data);
    if (message !== null && (trusted !== null || message.type === 'open')) onMessage(message, event.origin);
  };
  own.addEventListener('message', listen);
  return {
    send(message) {
      if (trusted === null && message.type !== 'ready' && message.type !== 'ended') return;
      // Whoever is around may know that a frame waits or was refused, and nothing else.
      const told = trusted === null && message.type === 'ended' ? { ...message, detail: '' } : message;
      own.parent.postMessage({ mark, ...told }, trusted ?? '*');
    },
    trust(origin) {
      trusted = origin;
    },
    close: () => own.removeEventListener('message', listen),
  };
}
