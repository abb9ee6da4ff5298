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

const claimed = new Map<string, () => void>();
let answering: BroadcastChannel | null = null;

function answer(): void {
  if (answering) return;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isMessage(data) || data.kind !== 'ended' || !claimed.has(data.attemptId)) return;
    channel.postMessage({ kind: 'taken', attemptId: data.attemptId } satisfies Message);
    claimed.get(data.attemptId)?.();
  };
  answering = channel;
}

/**
 * Takes an attempt for this page: it is told when the attempt ends in another window, and answers there that the
 * window is not needed any more. It goes on answering after the returned way to stop listening was used: often the
 * page hears of the end from the server before the other window has loaded.
 */
export function claimAttempt(attemptId: string, onEnded: () => void): () => void {
  answer();
  claimed.set(attemptId, onEnded);
  return () => void claimed.set(attemptId, () => {});
}
