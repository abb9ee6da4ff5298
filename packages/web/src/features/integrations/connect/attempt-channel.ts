/** Between the windows of one browser: an attempt has ended; the window that waited for it goes on. */
interface Message {
  kind: 'ended' | 'taken';
  attemptId: string;
}

const name = 'trunkline-connect';

function isMessage(data: unknown): data is Message {
  return typeof data === 'object' && data !== null && 'kind' in data && 'attemptId' in data;
}

/**
 * Tells the window that waits that an attempt has ended. `onTaken` is called when there is one: then this window is
 * the one that was opened for consent, and is not needed any more. Returns the way to stop listening.
 */
export function announceAttempt(attemptId: string, onTaken: () => void): () => void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isMessage(data) && data.kind === 'taken' && data.attemptId === attemptId) onTaken();
  };
  channel.postMessage({ kind: 'ended', attemptId } satisfies Message);
  return () => channel.close();
}

/** Waits for an attempt to end in another window, and answers that it is taken from there. Returns the way to stop. */
export function onAttemptEnded(attemptId: string, listener: () => void): () => void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isMessage(data) || data.kind !== 'ended' || data.attemptId !== attemptId) return;
    channel.postMessage({ kind: 'taken', attemptId } satisfies Message);
    listener();
  };
  return () => channel.close();
}
