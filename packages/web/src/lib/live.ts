import type { QueryClient } from '@tanstack/react-query';
import { getSession } from '@trunkline/contract/access';
import type { LiveMessage, LiveTopic } from '@trunkline/contract/live';
import { liveTopics } from '@trunkline/contract/live';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { ConnectionStatus } from './live-connection.ts';
import { connectShared } from './live-leader.ts';
import type { SharedConnection } from './live-leader.ts';
import { isFramed } from './frame.ts';
import { connect } from './live-connection.ts';
import { openStreamSource } from './stream-source.ts';
import { isAffected } from './live-topics.ts';
import { queryClient } from './query-client.ts';

/** Refetches caused by messages come at most this often, in ms. */
export const refetchInterval = 500;

export interface LiveState {
  status: ConnectionStatus;
  paused: boolean;
  /** Time of the newest message, ms since epoch; null before the first. */
  lastEventAt: number | null;
  /** Messages that arrived while paused. */
  waiting: number;
}

export interface LiveStore {
  getState: () => LiveState;
  subscribe: (listener: () => void) => () => void;
  onMessage: (listener: (message: LiveMessage) => void) => () => void;
  receive: (message: LiveMessage) => void;
  setStatus: (status: ConnectionStatus) => void;
  setPaused: (paused: boolean) => void;
}

/**
 * Collects live messages and marks stale what they are about: at once for the first message, then together
 * every `refetchInterval` ms. While paused nothing on screen changes (WCAG 2.2.2); going on applies it all.
 */
export function createLiveStore(client: QueryClient): LiveStore {
  let state: LiveState = { status: 'connecting', paused: false, lastEventAt: null, waiting: 0 };
  let stale = new Set<LiveTopic>();
  let held: LiveMessage[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const messageListeners = new Set<(message: LiveMessage) => void>();

  function update(change: Partial<LiveState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function flush(): void {
    if (state.paused || stale.size === 0) return;
    const topics = stale;
    stale = new Set();
    void client.invalidateQueries({ predicate: (query) => isAffected(query.queryKey, topics) });
  }

  function markStale(topics: Iterable<LiveTopic>): void {
    for (const topic of topics) stale.add(topic);
    if (state.paused || timer !== undefined) return;
    flush();
    timer = setTimeout(() => {
      timer = undefined;
      if (stale.size > 0) markStale([]);
    }, refetchInterval);
  }

  function apply(message: LiveMessage): void {
    markStale([message.topic]);
    for (const listener of messageListeners) listener(message);
  }

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onMessage: (listener) => {
      messageListeners.add(listener);
      return () => messageListeners.delete(listener);
    },
    receive: (message) => {
      if (state.paused) {
        stale.add(message.topic);
        // Only the newest are kept: they make rows flash, the counts come from the server anyway.
        held = [...held, message].slice(-100);
        update({ waiting: state.waiting + 1 });
        return;
      }
      update({ lastEventAt: Date.parse(message.at) });
      apply(message);
    },
    setStatus: (status) => {
      update({ status });
      if (status !== 'live') return;
      // What happened before, also between the first reading of a page and this, is unknown: everything is stale.
      markStale(liveTopics);
    },
    setPaused: (paused) => {
      const messages = held;
      held = [];
      update({ paused, waiting: 0 });
      if (paused) return;
      const last = messages.at(-1);
      if (last) update({ lastEventAt: Date.parse(last.at) });
      markStale([]);
      for (const message of messages) for (const listener of messageListeners) listener(message);
    },
  };
}

export const live = createLiveStore(queryClient);
let shared: SharedConnection | null = null;

/**
 * Connects this tab; called by the shell while somebody is signed in. Without an organization there is no stream,
 * which the server would refuse. Returns the way to end it.
 */
export function startLive(hasOrganization: boolean): () => void {
  // Each frame for itself: others of this browser may be of other organizations.
  if (isFramed) {
    const refused = (): void => void queryClient.invalidateQueries({ queryKey: [getSession.name] });
    return connect({
      open: () => openStreamSource('/api/live', refused),
      onMessage: live.receive,
      onStatus: live.setStatus,
    });
  }
  shared = connectShared({
    streams: hasOrganization,
    onMessage: live.receive,
    onStatus: live.setStatus,
    onSessionChanged: () => window.location.reload(),
  });
  return () => {
    shared?.close();
    shared = null;
  };
}

/** Makes the other tabs load again after a sign-in, sign-out or switch of organization. */
export function announceSession(): void {
  shared?.announceSession();
}

/** State for the indicator in page headers. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(live.subscribe, live.getState);
}

/**
 * Calls back for each applied message of these topics, e.g. to flash a row. Refetching needs no call: the
 * store marks every query stale that `live-topics.ts` lists for the topic.
 */
export function useLive(topics: readonly LiveTopic[], onMessage?: (message: LiveMessage) => void): void {
  const latest = useRef({ topics, onMessage });
  useEffect(() => {
    latest.current = { topics, onMessage };
  });
  useEffect(
    () =>
      live.onMessage((message) => {
        if (latest.current.topics.includes(message.topic)) latest.current.onMessage?.(message);
      }),
    [],
  );
}
