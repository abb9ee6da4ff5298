import type { LiveMessage } from '@trunkline/contract/live';
import { connect } from './live-connection.ts';
import type { ConnectionStatus } from './live-connection.ts';

type Relayed =
  | { kind: 'message'; message: LiveMessage }
  | { kind: 'status'; status: ConnectionStatus }
  | { kind: 'hello' }
  | { kind: 'session' };

export interface SharedConnection {
  close: () => void;
  /** Tells the other tabs that who is signed in, or where, has changed. */
  announceSession: () => void;
}

/**
 * One EventSource for all tabs of a browser: the tab that holds the lock connects and relays to the others,
 * and when it goes away another one takes over. A plain HTTP/1.1 origin allows six connections, so one a tab
 * would hang the seventh. A tab that does not stream still hears of other sessions. Without Web Locks or BroadcastChannel the tab connects for itself.
 */
export function connectShared(handlers: {
  /** False while there is nothing to listen to: without an organization. */
  streams: boolean;
  onMessage: (message: LiveMessage) => void;
  onStatus: (status: ConnectionStatus) => void;
  onSessionChanged: () => void;
}): SharedConnection {
  const open = () => new EventSource('/api/live');
  if (!('locks' in navigator) || !('BroadcastChannel' in window)) {
    const close = handlers.streams
      ? connect({ open, onMessage: handlers.onMessage, onStatus: handlers.onStatus })
      : () => {};
    return { close, announceSession: () => {} };
  }

  const channel = new BroadcastChannel('trunkline-live');
  const relay = (relayed: Relayed) => channel.postMessage(relayed);
  const abort = new AbortController();
  let leads = false;
  let status: ConnectionStatus = 'connecting';

  channel.onmessage = ({ data }: MessageEvent<Relayed>) => {
    if (data.kind === 'message') handlers.onMessage(data.message);
    else if (data.kind === 'status') handlers.onStatus(data.status);
    else if (data.kind === 'session') handlers.onSessionChanged();
    else if (leads) relay({ kind: 'status', status });
  };

  function lead(): Promise<void> {
    leads = true;
    const disconnect = connect({
      open,
      onMessage: (message) => {
        handlers.onMessage(message);
        relay({ kind: 'message', message });
      },
      onStatus: (next) => {
        status = next;
        handlers.onStatus(next);
        relay({ kind: 'status', status: next });
      },
    });
    return new Promise((resolve) => {
      abort.signal.addEventListener('abort', () => {
        disconnect();
        resolve();
      });
    });
  }

  // The lock is held until this tab closes; waiting for it ends with an AbortError, which is expected.
  if (handlers.streams) {
    navigator.locks.request('trunkline-live', { signal: abort.signal }, lead).catch(() => {});
  }
  relay({ kind: 'hello' });
  return {
    close: () => {
      abort.abort();
      channel.close();
    },
    announceSession: () => relay({ kind: 'session' }),
  };
}
