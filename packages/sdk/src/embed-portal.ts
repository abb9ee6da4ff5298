/** What your back end answers: `token` and `url` of `POST /api/v1/portal/tokens`. Other fields are ignored. */
export interface PortalToken {
  token: string;
  url: string;
}

/** How the portal looks. */
export interface PortalLook {
  /** `auto` follows the reader's system. */
  scheme?: 'light' | 'dark' | 'auto';
  /** `#rrggbb`, made readable where it is not. Without one the portal has its own. */
  accent?: string;
}

/** Why the portal is closed; `detail` is a sentence for people. */
export interface PortalEnd {
  /** `expired`: by its time, and no new token came. `over`: it was revoked. `refused`: a token was not taken. */
  reason: 'expired' | 'over' | 'refused';
  detail: string;
}

export interface PortalOptions extends PortalLook {
  /** Asks your back end for a token: when the portal opens, and a minute before its session ends. */
  fetchToken: () => Promise<PortalToken>;
  /** Where it begins; the first part that the token opens unless given. */
  part?: 'integrations' | 'webhooks';
  /** Names the frame for those who do not see it. */
  title?: string;
  /** The least height, px; 480 unless given. */
  minHeight?: number;
  onOpen?: () => void;
  onEnd?: (end: PortalEnd) => void;
  /** `fetchToken` failed, or gave something else than a token. */
  onError?: (error: unknown) => void;
}

export interface Portal {
  /** The frame, for styles of your own. */
  frame: HTMLIFrameElement;
  /** Changes how it looks, without loading it anew. */
  look(look: PortalLook): void;
  /** Closes it and leaves nothing behind. */
  remove(): void;
}

/** Marks our messages among others that pages send each other. */
const mark = 'trunkline-portal-1';

function lookOf({ scheme = 'auto', accent }: PortalLook): { scheme: string; accent: string | null } {
  return { scheme, accent: accent ?? null };
}

/** @throws TypeError when it is no answer of `POST /api/v1/portal/tokens` */
function checked(answer: PortalToken): PortalToken {
  const { token, url } = answer;
  if (typeof token !== 'string' || typeof url !== 'string') {
    throw new TypeError('fetchToken did not give { token, url }');
  }
  return { token, url };
}

/**
 * Puts the portal into an element. The token goes to the frame by a message that only its origin gets; it never becomes part of
 * an address. The frame is as high as what it shows.
 */
export function embedPortal(element: Element, options: PortalOptions): Portal {
  const { title = 'Webhooks and integrations', minHeight = 480 } = options;
  let look = lookOf(options);
  let removed = false;
  let opened = false;
  /** Set by the first token: where the frame is, and so who gets tokens. */
  let origin: string | null = null;
  /** The first token, until the frame asks for it. */
  let first: string | null = null;
  let asking = false;

  // eslint-disable-next-line react/iframe-missing-sandbox -- it is set below
  const frame = element.ownerDocument.createElement('iframe');
  frame.title = title;
  // It may open windows, for consent at a provider, but not lead this page elsewhere.
  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads',
  );
  frame.style.cssText = `display:block;width:100%;border:0;background:transparent;height:${minHeight}px`;
  // Nothing of this page's address is anybody's business; writing to the clipboard is for "Copy".
  frame.referrerPolicy = 'no-referrer';
  frame.allow = 'clipboard-write';
  paint();
  element.append(frame);

  /** A frame of another colour scheme than what is in it is painted opaque by browsers. */
  function paint(): void {
    frame.style.colorScheme = look.scheme === 'auto' ? 'light dark' : look.scheme;
  }

  function post(message: Record<string, unknown>): void {
    if (origin !== null) frame.contentWindow?.postMessage({ mark, ...message }, origin);
  }

  function open(token: string): void {
    post({ type: 'open', token, look, part: options.part ?? null });
  }

  /** One question at a time; `then` gets the answer unless the portal was removed meanwhile. */
  async function ask(then: (answer: PortalToken) => void): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      const answer = checked(await options.fetchToken());
      if (!removed) then(answer);
    } catch (error) {
      if (!removed) options.onError?.(error);
    } finally {
      asking = false;
    }
  }

  /** A token for a frame that is there already. */
  function renew(): void {
    void ask(({ token, url }) => {
      // Another server's token is not for this frame.
      if (new URL(url).origin === origin) open(token);
      else options.onError?.(new TypeError('fetchToken gave a token of another server'));
    });
  }

  /** Tells the frame which part of it can be seen, so that it puts dialogs there. */
  let told = '';
  function tellView(): void {
    if (!opened) return;
    const { top, bottom } = frame.getBoundingClientRect();
    const seenTo = Math.min(bottom, window.innerHeight);
    const view = { top: Math.max(0, -top), height: Math.max(0, seenTo - Math.max(0, top)) };
    const text = `${view.top} ${view.height}`;
    if (text === told) return;
    told = text;
    post({ type: 'view', ...view });
  }

  function receive(event: MessageEvent<unknown>): void {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const message = event.data as Record<string, unknown> | null;
    if (typeof message !== 'object' || message === null || message['mark'] !== mark) return;
    const { type, height, reason, detail } = message;
    if (type === 'ready') {
      if (first !== null) {
        const token = first;
        first = null;
        open(token);
      } else renew();
    } else if (type === 'opened') {
      opened = true;
      tellView();
      options.onOpen?.();
    } else if (type === 'expiring') {
      renew();
    } else if (type === 'height' && typeof height === 'number' && Number.isFinite(height)) {
      frame.style.height = `${Math.max(minHeight, Math.min(100_000, Math.ceil(height)))}px`;
      tellView();
    } else if (type === 'ended' && (reason === 'expired' || reason === 'over' || reason === 'refused')) {
      options.onEnd?.({ reason, detail: String(detail) });
    }
  }

  window.addEventListener('message', receive);
  window.addEventListener('scroll', tellView, { capture: true, passive: true });
  window.addEventListener('resize', tellView);
  void ask(({ token, url }) => {
    first = token;
    origin = new URL(url).origin;
    frame.src = url;
  });

  return {
    frame,
    look(next) {
      look = lookOf(next);
      paint();
      post({ type: 'look', look });
    },
    remove() {
      removed = true;
      first = null;
      window.removeEventListener('message', receive);
      window.removeEventListener('scroll', tellView, { capture: true });
      window.removeEventListener('resize', tellView);
      frame.remove();
    },
  };
}
