import { afterEach, expect, it, vi } from 'vitest';
import { readExport } from './read-export.ts';

afterEach(() => vi.unstubAllGlobals());

/** A server that sends a piece whenever it is told to. */
function streaming() {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (own) => void (controller = own) });
  vi.stubGlobal('fetch', () =>
    Promise.resolve(new Response(body, { headers: { 'content-type': 'text/csv; charset=utf-8' } })),
  );
  return {
    send: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
    end: () => controller.close(),
    breakOff: () => controller.error(new TypeError('network error')),
  };
}

it('tells how many lines have come while the rest is still on its way', async () => {
  const server = streaming();
  const told: number[] = [];
  let heard = (): void => undefined;
  const next = () => new Promise<void>((resolve) => (heard = resolve));
  const reading = readExport(
    '/export',
    (lines) => {
      told.push(lines);
      heard();
    },
    new AbortController().signal,
  );
  let arrived = next();
  server.send('time,level\r\n1,info\r\n2,wa');
  await arrived;
  expect(told).toEqual([2]);
  arrived = next();
  // A line counts when its end has come.
  server.send('rn\r\n3,error\r\n');
  await arrived;
  expect(told).toEqual([2, 4]);
  server.end();
  const file = await reading;
  expect(await file.text()).toBe('time,level\r\n1,info\r\n2,warn\r\n3,error\r\n');
  expect(file.type).toBe('text/csv; charset=utf-8');
});

it('gives no half of a file when the stream breaks off, and none that was refused', async () => {
  const server = streaming();
  const signal = new AbortController().signal;
  const reading = readExport('/export', () => undefined, signal);
  server.send('1\r\n');
  server.breakOff();
  await expect(reading).rejects.toThrow('network error');
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 403 })));
  await expect(readExport('/export', () => undefined, signal)).rejects.toThrow('refused');
});
