import { frameHeaders } from './frame.ts';
import type { EventSourceLike } from './live-connection.ts';

/**
 * Server-sent events with a bearer token, which EventSource cannot send. Only what our own server writes: `data:` of one line.
 */
export function openStreamSource(address: string, onRefused: () => void): EventSourceLike {
  const abort = new AbortController();
  const source: EventSourceLike = {
    onopen: null,
    onmessage: null,
    onerror: null,
    close: () => abort.abort(),
  };
  async function read(): Promise<void> {
    const response = await fetch(address, {
      headers: { accept: 'text/event-stream', ...frameHeaders() },
      credentials: 'omit',
      signal: abort.signal,
    });
    if (response.status === 401) {
      onRefused();
      return;
    }
    if (!response.ok || response.body === null) throw new Error(`the stream answered ${response.status}`);
    source.onopen?.(new Event('open'));
    const decoder = new TextDecoder();
    let rest = '';
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: ')) {
          source.onmessage?.(new MessageEvent('message', { data: line.slice('data: '.length) }));
        }
      }
    }
    throw new Error('the stream ended');
  }
  read().catch(() => {
    if (!abort.signal.aborted) source.onerror?.(new Event('error'));
  });
  return source;
}
