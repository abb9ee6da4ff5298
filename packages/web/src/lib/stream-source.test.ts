import { afterEach, describe, expect, it, vi } from 'vitest';
import { setFrameSession } from './frame.ts';
import { openStreamSource } from './stream-source.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  setFrameSession(null);
});

function serve(status: number, chunks: string[]) {
  const fetched = vi.fn<typeof fetch>(async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    return new Response(body, { status });
  });
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

describe('openStreamSource', () => {
  it('sends the session, and gives events as they are cut in any way', async () => {
    setFrameSession('tl_session_x', ['webhooks']);
    const fetched = serve(200, [
      'retry: 2000\n: conn',
      'ected\n\ndata: {"a"',
      ':1}\n\nda',
      'ta: {"a":2}\n\n',
    ]);
    const source = openStreamSource('/api/live', () => {});
    const data: string[] = [];
    const opened = vi.fn<() => void>();
    source.onopen = opened;
    source.onmessage = (event) => data.push(event.data);
    await new Promise<void>((resolve) => {
      source.onerror = () => resolve();
    });
    expect(data).toEqual(['{"a":1}', '{"a":2}']);
    expect(opened).toHaveBeenCalledTimes(1);
    expect(fetched).toHaveBeenCalledWith(
      '/api/live',
      expect.objectContaining({
        credentials: 'omit',
        headers: { accept: 'text/event-stream', authorization: 'Bearer tl_session_x' },
      }),
    );
  });

  it('says that it was refused instead of trying for ever', async () => {
    serve(401, []);
    const failed = vi.fn<() => void>();
    await new Promise<void>((resolve) => {
      openStreamSource('/api/live', resolve).onerror = failed;
    });
    expect(failed).not.toHaveBeenCalled();
  });

  it('tells of an answer that is none', async () => {
    serve(503, []);
    const source = openStreamSource('/api/live', () => {});
    const told = await new Promise<string>((resolve) => {
      source.onerror = (event) => resolve(event.type);
    });
    expect(told).toBe('error');
  });
});
