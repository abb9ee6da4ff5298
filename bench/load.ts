import { createHmac, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { Dispatcher, Pool } from 'undici';

/** Runs requests with a fixed number in flight until `total` are done; gives seconds and refusals. */
export async function run(
  pool: Pool,
  options: {
    total: number;
    inFlight: number;
    make: (index: number) => Dispatcher.DispatchOptions;
    onDone?: (index: number, sentAt: number, body: string) => void;
    /** Requests a second; unlimited unless given. */
    rate?: number;
  },
): Promise<{ seconds: number; refused: number }> {
  const { total, inFlight, make, onDone, rate } = options;
  const started = performance.now();
  let next = 0;
  let done = 0;
  let refused = 0;
  await new Promise<void>((resolve, reject) => {
    let running = 0;
    const one = () => {
      const index = next;
      next += 1;
      running += 1;
      const sentAt = performance.timeOrigin + performance.now();
      const chunks: Buffer[] = [];
      let status = 0;
      const handler: Dispatcher.DispatchHandler = {
        onConnect: () => undefined,
        onHeaders: (code: number) => {
          status = code;
          return true;
        },
        onData: (chunk: Buffer) => {
          if (onDone) chunks.push(chunk);
          return true;
        },
        onComplete: () => {
          running -= 1;
          done += 1;
          if (status >= 300) refused += 1;
          else onDone?.(index, sentAt, chunks.length === 0 ? '' : Buffer.concat(chunks).toString());
          if (done === total) resolve();
          else if (rate === undefined && next < total) one();
        },
        onError: (error: Error) => reject(error),
      };
      pool.dispatch(make(index), handler);
    };
    if (rate === undefined) {
      for (let i = 0; i < Math.min(inFlight, total); i += 1) one();
      return;
    }
    // Open load: what the clock says is due goes out, whether earlier requests are answered or not.
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * rate));
      const burst = Math.min(due - next, 4096 - running);
      for (let i = 0; i < burst; i += 1) one();
      if (next >= total) clearInterval(timer);
    }, 2);
  });
  return { seconds: (performance.now() - started) / 1000, refused };
}

const data = { id: 'JOB-2026-1234', title: 'Senior Java Developer', note: 'x'.repeat(300) };

/** Posts of one event each, about 500 bytes delivered. */
export function eventPosts(apiKey: string): (index: number) => Dispatcher.DispatchOptions {
  const headers = ['authorization', `Bearer ${apiKey}`, 'content-type', 'application/json'];
  const body = JSON.stringify({ type: 'job.created', data });
  return () => ({ path: '/api/v1/events', method: 'POST', headers, body });
}

/** What the raw limit sends: a signed delivery of the same size, without anything stored. */
export function signedPosts(): (index: number) => Dispatcher.DispatchOptions {
  const key = createSecretKey(randomBytes(32));
  const body = JSON.stringify({
    id: randomUUID(),
    type: 'job.created',
    event: 'job.created',
    timestamp: '',
    data,
  });
  return (index) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const id = `raw-${index}`;
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = ['content-type', 'application/json', 'webhook-id', id];
    headers.push('webhook-timestamp', timestamp, 'webhook-signature', `v1,${signature}`);
    return { path: '/', method: 'POST', headers, body };
  };
}
