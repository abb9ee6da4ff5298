import { exchangePortalToken } from '@trunkline/contract/portal';
import type { OutputOf } from '@trunkline/contract/operation';
import { setRecording } from '../lib/track.ts';
import { ApiError, toApiError } from '../lib/api-error.ts';
import { onSignedOut, operationQuery } from '../lib/api.ts';
import { getSession } from '@trunkline/contract/access';
import { frameOrganization, setFrameSession } from '../lib/frame.ts';
import { queryClient } from '../lib/query-client.ts';
import { replaceSession, sessionQuery } from '../lib/session.ts';
import { connectParent } from './parent.ts';
import type { FromPage, Look, Parent } from './parent.ts';

/** How long before its end a session asks for another token, in seconds. */
const askBeforeSeconds = 60;
/** How long a page may take to answer before the frame says that it waits in vain, in ms. */
const patienceMs = 15_000;

export type FrameState =
  | { at: 'waiting'; long: boolean }
  | { at: 'open' }
  /** `expired`: by its time. `over`: the server says so, as when it was revoked. `refused`: the token was not taken. */
  | { at: 'ended'; reason: 'expired' | 'over' | 'refused'; detail: string }
  /** Nothing is around these pages. */
  | { at: 'alone' };

export interface FrameSession {
  state: () => FrameState;
  look: () => Look;
  /** Where the page begins; null: with its first part. */
  part: () => 'integrations' | 'webhooks' | null;
  subscribe: (listener: () => void) => () => void;
  /** Asks the page for another token. */
  askAgain: () => void;
  send: Parent['send'];
}

const words = {
  expired: 'This page was open for as long as it may be without asking again.',
  over: 'The access to this page was ended.',
} as const;

/** @throws ApiError */
async function exchange(token: string, origin: string): Promise<OutputOf<typeof exchangePortalToken>> {
  // Past the client of everything else: it sends the session before, which may be over.
  const response = await fetch(`/api/trpc/${exchangePortalToken.procedure}`, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, organizationId: frameOrganization, origin }),
  }).catch((thrown: unknown) => {
    throw toApiError(thrown);
  });
  const answer = (await response.json().catch(() => null)) as {
    result?: { data: OutputOf<typeof exchangePortalToken> };
    error?: unknown;
  } | null;
  if (answer?.result) return answer.result.data;
  throw answer?.error
    ? toApiError(answer.error)
    : new ApiError({ code: 'unreachable', detail: 'No answer came.' });
}

/** The session of this frame, from the first token of its page to the last. Made once. */
export function startFrameSession(): FrameSession {
  let state: FrameState = window.parent === window ? { at: 'alone' } : { at: 'waiting', long: false };
  let look: Look = { scheme: 'auto', accent: null };
  let part: 'integrations' | 'webhooks' | null = null;
  let timers: ReturnType<typeof setTimeout>[] = [];
  const listeners = new Set<() => void>();
  // How these pages are used is recorded of people who were told of it; these belong to somebody else.
  setRecording(false);

  function change(next: FrameState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function clearTimers(): void {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
  }

  function end(reason: 'expired' | 'over' | 'refused', detail: string): void {
    clearTimers();
    setFrameSession(null);
    change({ at: 'ended', reason, detail });
    queryClient.clear();
    parent.send({ type: 'ended', reason, detail });
  }

  function wait(): void {
    clearTimers();
    change({ at: 'waiting', long: false });
    timers.push(
      setTimeout(() => {
        if (state.at === 'waiting') change({ at: 'waiting', long: true });
      }, patienceMs),
    );
    parent.send({ type: 'ready' });
  }

  async function open(message: Extract<FromPage, { type: 'open' }>, origin: string): Promise<void> {
    look = message.look;
    part = message.part;
    try {
      const { session, secondsLeft, parts } = await exchange(message.token, origin);
      parent.trust(origin);
      setFrameSession(session, parts);
      const opened = await queryClient.fetchQuery({ ...operationQuery(getSession, {}), staleTime: 0 });
      // What was read with another grant is not shown with this one.
      if (state.at !== 'open') replaceSession(opened);
      else queryClient.setQueryData(sessionQuery.queryKey, opened);
      clearTimers();
      timers.push(
        setTimeout(
          () => parent.send({ type: 'expiring', secondsLeft: askBeforeSeconds }),
          Math.max(0, secondsLeft - askBeforeSeconds) * 1000,
        ),
        setTimeout(() => end('expired', words.expired), secondsLeft * 1000),
      );
      change({ at: 'open' });
      parent.send({ type: 'opened', secondsLeft });
    } catch (thrown) {
      const { detail } = toApiError(thrown);
      // What is open stays so until its own end: the page may try again.
      if (state.at === 'open') parent.send({ type: 'ended', reason: 'refused', detail });
      else end('refused', detail);
    }
  }

  const parent = connectParent((message, origin) => {
    if (message.type === 'open') void open(message, origin);
    else if (message.type === 'look') {
      look = message.look;
      change({ ...state });
    } else {
      const { style } = document.documentElement;
      style.setProperty('--view-top', `${Math.max(0, message.top)}px`);
      style.setProperty('--view-height', `${Math.max(200, message.height)}px`);
    }
  });
  onSignedOut(() => {
    if (state.at === 'open') end('over', words.over);
  });
  if (state.at === 'waiting') wait();
  return {
    state: () => state,
    look: () => look,
    part: () => part,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    askAgain: wait,
    send: parent.send,
  };
}
