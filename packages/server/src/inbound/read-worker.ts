// A thread that reads one large webhook, so that the process goes on meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { readMessage } from './read-message.ts';
import type { ReadMessage, StoredMessage } from './read-message.ts';
import { Unreadable } from './types.ts';

/** What it answers. */
export type Answer = { read: ReadMessage } | { unreadable: string };

const { body, mail, ...message } = workerData as Omit<StoredMessage, 'body' | 'mail'> & {
  body: Uint8Array;
  mail?: Uint8Array | null;
};

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

async function answer(): Promise<Answer> {
  try {
    return {
      read: await readMessage({ ...message, body: asBuffer(body), ...(mail && { mail: asBuffer(mail) }) }),
    };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
}

parentPort?.postMessage(await answer());
